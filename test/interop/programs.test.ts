/** The real programs that sign in with ChatGPT, unmodified, with the issuer's name compiled in: at the mock, through its TLS front. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test as base, describe, expect, inject } from 'vitest';

import { isolation } from '../../scripts/real-programs/isolation.mjs';
import { PINNED, titleOf } from '../../scripts/real-programs/pinned.mjs';

const script = fileURLToPath(new URL('../../scripts/real-programs/story.mjs', import.meta.url));

/** What a story saw (`scripts/real-programs/stories.mjs`). */
interface Story {
  readonly asked: readonly string[];
  readonly refused: readonly string[];
  readonly [finding: string]: unknown;
}
type Tell = (story: string) => Promise<Story>;

/** `test` with the stories of one pinned program, in a network of its own; skipped with the reason where it cannot run. */
const testOf = (name: string, version: string) =>
  base.extend<{ tell: Tell }>({
    tell: async ({ skip }, use) => {
      const title = titleOf({ name, version });
      const found = inject('programs')[title] ?? { missing: `${title} is not pinned` };
      if (process.platform !== 'linux') return skip('the real programs are driven on Linux only');
      if ('missing' in found) return skip(found.missing);
      const { node, directory } = found;
      await use(async (story) => {
        const [file = '', ...args] = [...isolation, node, script, title, node, directory, story];
        const { stdout } = await promisify(execFile)(file, args, { timeout: 230_000 });
        return JSON.parse(stdout);
      });
    },
  });

const AUTHORIZED = 'GET /oauth/authorize issued';
const EXCHANGED = 'POST /oauth/token issued';
const ROTATED = 'POST /oauth/token rotated';
const REVOKED = 'POST /oauth/revoke revoked';
const ROBIN = { type: 'chatgpt', email: 'robin@example.com', planType: 'plus' };

/** What is about tokens: the programs ask for other things, too. */
const lineage = ({ asked }: Story) => asked.filter((one) => / (?:issued|rotated|revoked)$/.test(one));

describe.each(PINNED.filter(({ folder }) => folder !== 'codex-login'))(
  '$name $version',
  ({ name, version }) => {
    testOf(name, version)(
      'signs in with the browser flow, and stores what it was given',
      async ({ tell }) => {
        const story = await tell('login');
        expect(story).toMatchObject({ status: 0, page: 200, stored: true, refresh: 'refresh#1' });
        expect(lineage(story)).toEqual([AUTHORIZED, EXCHANGED]);
      },
    );
  },
);

describe('codex 0.169.0', () => {
  const test = testOf('@openai/codex', '0.169.0');

  test('renews tokens that have expired, and again when it is asked to', async ({ tell }) => {
    const story = await tell('refresh');
    expect(story).toMatchObject({ account: ROBIN, forced: ROBIN, refresh: 'refresh#3' });
    expect(lineage(story)).toEqual([AUTHORIZED, EXCHANGED, ROTATED, ROTATED]);
  });

  test('signs out: the tokens are revoked, the credential is gone', async ({ tell }) => {
    const story = await tell('logout');
    expect(story).toMatchObject({ status: 0, stored: false });
    expect(lineage(story)).toEqual([AUTHORIZED, EXCHANGED, REVOKED]);
  });

  test('signs in on another device, through the front', async ({ tell }) => {
    const story = await tell('device');
    expect(story).toMatchObject({ status: 0, stored: true, refused: [] });
    expect(story.asked).toEqual([
      'POST /api/accounts/deviceauth/usercode device code issued',
      'POST /api/accounts/deviceauth/token issued',
      EXCHANGED,
    ]);
  });

  test('signs in, renews and signs out by its app-server', async ({ tell }) => {
    const story = await tell('app-server');
    expect(story).toMatchObject({
      page: 200,
      success: true,
      account: ROBIN,
      renewed: 'refresh#2',
      stored: false,
    });
    expect(lineage(story)).toEqual([AUTHORIZED, EXCHANGED, ROTATED, REVOKED]);
  });

  test('is refused one thing only: a key of the API, for which the mock has no grant', async ({ tell }) => {
    expect((await tell('login')).refused).toEqual(['/oauth/token R-9700-6']);
  });
});

describe('openclaw', () => {
  testOf('openclaw', '2026.4.5')(
    '2026.4.5 renews tokens that have expired when it probes a provider',
    async ({ tell }) => {
      const story = await tell('refresh');
      expect(story).toMatchObject({ status: 0, refresh: 'refresh#2' });
      expect(lineage(story)).toEqual([AUTHORIZED, EXCHANGED, ROTATED]);
    },
  );

  testOf('openclaw', '2026.9.6')(
    '2026.9.6 signs out: the credential is gone, and no server is told',
    async ({ tell }) => {
      const story = await tell('logout');
      expect(story).toMatchObject({ status: 0, stored: false });
      expect(lineage(story)).toEqual([AUTHORIZED, EXCHANGED]);
    },
  );
});

describe('pi-ai 0.73.1', () => {
  testOf('@mariozechner/pi-ai', '0.73.1')('renews tokens that have expired', async ({ tell }) => {
    const story = await tell('refresh');
    expect(story).toMatchObject({ status: 0, refresh: 'refresh#2', refused: [] });
    expect(lineage(story)).toEqual([AUTHORIZED, EXCHANGED, ROTATED]);
  });
});
