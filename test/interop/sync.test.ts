import { dirname } from 'node:path';
import { describe, expect } from 'vitest';

import { openFileStore } from '../../src/store/file/file-store.ts';
import { runCommand } from '../support/command.ts';
import { signIn } from '../support/sign-in.ts';
import { storeFile } from '../support/temporary.ts';
import { doctor } from './doctor.ts';
import { startModel } from './model.ts';
import { type OpenClaw, testOn } from './openclaw.ts';
import { startServer } from './sign-in.ts';
import { seen, talkingTo, turn } from './turn.ts';
import { SEED, VERSIONS } from './versions.ts';

/** A login in a store that hosts share, and this OpenClaw as one of the hosts: it never sees the refresh token. */
async function sharing(openclaw: OpenClaw) {
  const shared = storeFile();
  const server = await startServer();
  await signIn({ store: openFileStore(shared), server });
  const { home, environment, installed } = openclaw;
  const options = { home, env: { ...environment, PATH: installed.path } };
  const where = ['--store', shared, '--json'];
  const sync = async () => {
    const args = ['sync', '--once', '--openclaw', installed.directory, ...where];
    const { status, stderr, events } = await runCommand(args, options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return events.at(-1) as never as { profileId: string; gateway?: string; changed: boolean };
  };
  return {
    server,
    sync,
    /** As another host would. */
    refresh: () => runCommand(['token', '--force-refresh', ...where], { home: dirname(shared) }),
    async stored() {
      const args = ['status', '--json', '--openclaw', installed.directory];
      const { events } = await runCommand(args, options);
      return events.at(-1) as never as { profiles: object[]; order: string[]; selected: string };
    },
    /** Requests to the server by anybody but us. */
    strangers: () =>
      server.journal.entries.filter(({ grantType }) => grantType === 'refresh_token').length - 1,
  };
}

describe.each(VERSIONS)('a turn of the real OpenClaw %s on a host that sync serves', (version) => {
  testOn(version)(
    'carries the shared access token, and the next one after another host refreshed it; OpenClaw refreshes nothing',
    async ({ openclaw }) => {
      const model = await startModel();
      openclaw.writeConfiguration(talkingTo(version, model.url));
      const { server, sync, refresh, stored, strangers } = await sharing(openclaw);
      const { profileId } = await sync();
      await turn(openclaw);
      expect(seen(model, server)).toEqual(['access#1']);

      await refresh();
      expect(await sync()).toMatchObject({ changed: true, profileId });
      await turn(openclaw);
      expect(seen(model, server)).toEqual(['access#2']);
      expect(await stored()).toMatchObject({
        selected: profileId,
        order: [profileId],
        profiles: [{ profileId, credential: 'token', routable: true }],
      });
      expect(strangers()).toBe(0);
    },
  );
});

describe.each([SEED, '2026.9.6'])('a gateway of the real OpenClaw %s that sync serves', (version) => {
  testOn(version)('sends the new token at its next turn, without a restart', async ({ openclaw }) => {
    const model = await startModel();
    const { server, sync, refresh } = await sharing(openclaw);
    openclaw.writeConfiguration(talkingTo(version, model.url));
    await sync();
    await openclaw.startGateway(talkingTo(version, model.url));
    await turn(openclaw, { by: 'gateway' });
    expect(seen(model, server)).toEqual(['access#1']);
    await refresh();
    expect(await sync()).toMatchObject({ changed: true, gateway: 'reloaded' });
    await turn(openclaw, { by: 'gateway' });
    expect(seen(model, server)).toEqual(['access#2']);
  });
});

describe.each([SEED, '2026.8.2', '2026.9.6'])(
  'an access token that is over in the real OpenClaw %s',
  (version) => {
    testOn(version)(
      'is passed over for the paid fallback without a word: doctor says so, and sync ends it',
      async ({ openclaw }) => {
        const [model, fallback] = [await startModel(), await startModel()];
        openclaw.writeConfiguration(talkingTo(version, model.url, fallback.url));
        const { server, sync, strangers, refresh } = await sharing(openclaw);
        await sync();
        await openclaw.expireCredentials();
        await turn(openclaw);
        expect(seen(model, server)).toEqual([]);
        expect(fallback.tokens.splice(0)).toEqual(['a-key-that-costs-money']);
        expect((await doctor(openclaw)).ids).toContain('token-expired');
        await refresh();
        expect(await sync()).toMatchObject({ changed: true });
        await turn(openclaw);
        expect(seen(model, server)).toEqual(['access#2']);
        expect([fallback.tokens, strangers()]).toEqual([[], 0]);
      },
    );
  },
);
