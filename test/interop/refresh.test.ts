import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';

import { runCommand } from '../support/command.ts';
import { startModel } from './model.ts';
import { type OpenClaw, provider, test, testOn } from './openclaw.ts';
import { expireIn, type Rotation, startRotation } from './rotation.ts';
import { talkingTo, turn } from './turn.ts';

/** `INTEROP_ROUNDS=200 npm run interop -- test/interop/refresh.test.ts` for the figure in docs/refresh.md. */
const ROUNDS = Number(process.env.INTEROP_ROUNDS ?? 4);
const OURS = 3;
/** How far apart the programs are started, in milliseconds, at most: it takes them as long to come to the point. */
const APART_MS = 1_500;

const later = (mostMs = APART_MS) => sleep(Math.random() * mostMs);

/** Processes of our `token`, a moment apart; what each printed, as a label. */
async function ours(
  openclaw: OpenClaw,
  rotation: Rotation,
  mostMs?: number,
): Promise<(string | undefined)[]> {
  const { home, environment, installed } = openclaw;
  const env = { ...environment, ...rotation.environment, PATH: installed.path };
  return Promise.all(
    Array.from({ length: OURS }, async () => {
      await later(mostMs);
      const { stdout } = await runCommand(['token', '--openclaw', installed.directory], { home, env });
      return rotation.label(stdout.trim());
    }),
  );
}
const stateIn = ({ storePath }: OpenClaw) => JSON.parse(readFileSync(storePath, 'utf8'));
const accessIn = (openclaw: OpenClaw) =>
  (Object.values(stateIn(openclaw).profiles)[0] as { access: string }).access;

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
        expireIn(openclaw.storePath, stateIn(openclaw));
        const theirs = later().then(() => real.ask('route') as Promise<{ apiKey?: string; error?: string }>);
        const [route, printed] = await Promise.all([theirs, ours(openclaw, rotation)]);
        const stored = rotation.label(accessIn(openclaw));
        const presentations = rotation.presentations();
        rounds.push({ presentations, theirs: rotation.label(route.apiKey), printed, stored });
      }
      if (process.env.INTEROP_ROUNDS)
        process.stderr.write(`${JSON.stringify({ rounds, robbed: real.robbed() })}\n`);
      expect(rounds).toEqual(
        rounds.map((_, round) => {
          const label = `access#${round + 2}`;
          return {
            presentations: ['rotated'],
            theirs: label,
            printed: Array.from({ length: OURS }, () => label),
            stored: label,
          };
        }),
      );
    },
    ROUNDS * 20_000 + 60_000,
  );

  describe.each(['2026.4.5', '2026.5.28'])('by turns of the real OpenClaw %s', (version) => {
    testOn(version)(
      'with processes of ours beside them: each token is presented once, and the model gets the new one',
      async ({ openclaw }) => {
        const [model, rotation] = [await startModel(), await startRotation()];
        openclaw.writeStore(await rotation.grant(provider));
        openclaw.writeConfiguration(talkingTo(version, model.url));
        for (let round = 0; round < ROUNDS / 2; round += 1) {
          expireIn(openclaw.storePath, stateIn(openclaw));
          const theirs = openclaw.runWith(
            rotation.environment,
            ...['agent', '--local', '--agent', 'main', '--message', 'ping', '--json'],
          );
          const [, printed] = await Promise.all([theirs, ours(openclaw, rotation, 4_000)]);
          const label = `access#${round + 2}`;
          const carried = model.tokens.splice(0).map((token) => rotation.label(token));
          expect({ presentations: rotation.presentations(), printed, carried }).toEqual({
            presentations: ['rotated'],
            printed: Array.from({ length: OURS }, () => label),
            carried: [label],
          });
        }
      },
      ROUNDS * 20_000 + 60_000,
    );

    testOn(version)(
      'by a gateway that had the old tokens in its memory: it is told of ours, and presents nothing',
      async ({ openclaw }) => {
        const [model, rotation] = [await startModel(), await startRotation()];
        openclaw.writeStore(await rotation.grant(provider));
        await openclaw.startGateway(talkingTo(version, model.url), rotation.environment);
        await turn(openclaw, { by: 'gateway' });
        expect(model.tokens.splice(0).map((token) => rotation.label(token))).toEqual(['access#1']);
        const { home, environment, installed } = openclaw;
        const env = { ...environment, ...rotation.environment, PATH: installed.path };
        await runCommand(['token', '--force-refresh', '--openclaw', installed.directory], { home, env });
        await turn(openclaw, { by: 'gateway' });
        expect(model.tokens.splice(0).map((token) => rotation.label(token))).toEqual(['access#2']);
        expect(rotation.presentations()).toEqual(['rotated']);
      },
    );
  });
});
