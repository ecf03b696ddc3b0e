import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';

import { runCommand } from '../support/command.ts';
import { type Model, startModel } from './model.ts';
import { type OpenClaw, provider, test, testOn } from './openclaw.ts';
import { type Rotation, startRotation, withExpiry } from './rotation.ts';
import { talkingTo, turn } from './turn.ts';

/** `INTEROP_ROUNDS=200 npm run interop -- test/interop/refresh.test.ts` for the figure in docs/refresh.md. */
const ROUNDS = Number(process.env.INTEROP_ROUNDS ?? 4);
const OURS = 3;
/** How far apart the programs are started, in milliseconds, at most: it takes them as long to come to the point. */
const APART_MS = 1_500;
const LIMIT_MS = ROUNDS * 20_000 + 60_000;

const later = (mostMs: number) => sleep(Math.random() * mostMs);

/** Processes of our `token`, a moment apart; what each printed, as a label. */
async function ours(
  { home, environment, installed }: OpenClaw,
  rotation: Rotation,
  { mostMs = APART_MS, args = [] as string[], processes = OURS } = {},
): Promise<(string | undefined)[]> {
  const env = { ...environment, ...rotation.environment, PATH: installed.path };
  return Promise.all(
    Array.from({ length: processes }, async () => {
      await later(mostMs);
      const all = ['token', '--openclaw', installed.directory, ...args];
      const { stdout } = await runCommand(all, { home, env });
      return rotation.label(stdout.trim());
    }),
  );
}
const stateIn = ({ storePath }: OpenClaw) => JSON.parse(readFileSync(storePath, 'utf8'));
const accessIn = (openclaw: OpenClaw) =>
  (Object.values(stateIn(openclaw).profiles)[0] as { access: string }).access;
const expire = (openclaw: OpenClaw) => openclaw.writeStore(withExpiry(stateIn(openclaw), Date.now() - 1));
const carried = (model: Model, rotation: Rotation) =>
  model.tokens.splice(0).map((token) => rotation.label(token));
const all = (label: string) => Array.from({ length: OURS }, () => label);

describe('OpenClaw and our refresh on one machine, one refresh token', () => {
  test(
    `${ROUNDS} expiries by one process of the real OpenClaw 2026.4.5 and ${OURS} of ours at once: each token is presented once, and all have the new one`,
    async ({ openclaw }) => {
      const rotation = await startRotation();
      openclaw.writeStore(await rotation.grant(provider));
      openclaw.writeConfiguration({});
      const real = await openclaw.functions(rotation.environment);
      const rounds = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        expire(openclaw);
        const theirs = later(APART_MS).then(() => real.ask('route') as Promise<{ apiKey?: string }>);
        const [{ apiKey }, printed] = await Promise.all([theirs, ours(openclaw, rotation)]);
        const stored = rotation.label(accessIn(openclaw));
        rounds.push({
          presentations: rotation.presentations(),
          theirs: rotation.label(apiKey),
          printed,
          stored,
        });
      }
      if (process.env.INTEROP_ROUNDS)
        process.stderr.write(`${JSON.stringify({ rounds, robbed: real.robbed() })}\n`);
      expect(rounds).toEqual(
        rounds.map((_, round) => {
          const label = `access#${round + 2}`;
          return { presentations: ['rotated'], theirs: label, printed: all(label), stored: label };
        }),
      );
    },
    LIMIT_MS,
  );

  describe.each(['2026.4.5', '2026.5.28'])('by turns of the real OpenClaw %s', (version) => {
    testOn(version)(
      'with processes of ours beside them: each token is presented once, and the model gets the new one',
      async ({ openclaw }) => {
        const [model, rotation] = [await startModel(), await startRotation()];
        openclaw.writeStore(await rotation.grant(provider));
        openclaw.writeConfiguration(talkingTo(version, model.url));
        for (let round = 0; round < ROUNDS / 2; round += 1) {
          expire(openclaw);
          const theirs = turn(openclaw, { environment: rotation.environment });
          const [, printed] = await Promise.all([theirs, ours(openclaw, rotation, { mostMs: 4_000 })]);
          const label = `access#${round + 2}`;
          expect({
            presentations: rotation.presentations(),
            printed,
            carried: carried(model, rotation),
          }).toEqual({ presentations: ['rotated'], printed: all(label), carried: [label] });
        }
      },
      LIMIT_MS,
    );

    testOn(version)(
      'by a gateway that had the old tokens in its memory: it is told of ours, and presents nothing',
      async ({ openclaw }) => {
        const [model, rotation] = [await startModel(), await startRotation()];
        openclaw.writeStore(await rotation.grant(provider));
        await openclaw.startGateway(talkingTo(version, model.url), rotation.environment);
        // From 2026.5 on its command may reload it only where that is the first thing that it asks.
        await openclaw.run('secrets', 'reload', '--json');
        await turn(openclaw, { by: 'gateway' });
        expect(carried(model, rotation)).toEqual(['access#1']);
        await ours(openclaw, rotation, { args: ['--force-refresh'], processes: 1 });
        await turn(openclaw, { by: 'gateway' });
        expect(carried(model, rotation)).toEqual(['access#2']);
        expect(rotation.presentations()).toEqual(['rotated']);
      },
    );
  });

  testOn('2026.5.28')(
    'by a gateway of 2026.5.28 that may not be told: it goes on with the old access token, then reads, and presents nothing',
    async ({ openclaw }) => {
      const [model, rotation] = [await startModel(), await startRotation()];
      const state = await rotation.grant(provider);
      // It refreshes what has less than five minutes left.
      const until = Date.now() + 300_000 + 50_000;
      openclaw.writeStore(withExpiry(state, until));
      await openclaw.startGateway(talkingTo('2026.5.28', model.url), rotation.environment);
      await turn(openclaw, { by: 'gateway' });
      await ours(openclaw, rotation, { args: ['--force-refresh'], processes: 1 });
      await turn(openclaw, { by: 'gateway' });
      expect(carried(model, rotation)).toEqual(['access#1', 'access#1']);
      await sleep(Math.max(0, until - 300_000 - Date.now()) + 1_000);
      await turn(openclaw, { by: 'gateway' });
      expect(carried(model, rotation)).toEqual(['access#2']);
      expect(rotation.presentations()).toEqual(['rotated']);
    },
  );
});
