import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';

import { doctor } from './doctor.ts';
import { startModel } from './model.ts';
import { testOn } from './openclaw.ts';
import { signIn, startServer } from './sign-in.ts';
import { seen, talkingTo, turn } from './turn.ts';

describe.each(['2026.8.2', '2026.9.6'])(
  'a file of an older layout that another agent has, with the real OpenClaw %s',
  (version) => {
    testOn(version)(
      'ends every turn: the login refuses it before anybody signs in, and doctor names it',
      async ({ openclaw }) => {
        const [model, server] = [await startModel(), await startServer()];
        const configuration = talkingTo(version, model.url);
        const list = [{ id: 'main', default: true }, { id: 'work' }];
        openclaw.writeConfiguration({ ...configuration, agents: { ...configuration.agents, list } });
        await signIn(openclaw, { server });
        const work = join(openclaw.environment.OPENCLAW_STATE_DIR ?? '', 'agents/work/agent');
        mkdirSync(work, { recursive: true });
        const left = { type: 'oauth', provider: 'openai-codex', access: 'a', refresh: 'r', expires: 1 };
        const file = join(work, 'auth-profiles.json');
        writeFileSync(file, JSON.stringify({ version: 1, profiles: { 'openai-codex:old': left } }));
        await expect(turn(openclaw)).rejects.toThrow(/requires legacy credential migration/);
        expect(model.tokens).toEqual([]);

        const { status, events } = await signIn(openclaw, { server, refused: true });
        expect(status).toBe(7);
        expect(events.at(-1)).toMatchObject({
          code: 'ERR_STORE_GENERATION',
          message: expect.stringContaining(work),
        });
        expect((await doctor(openclaw)).findings).toContainEqual(
          expect.objectContaining({ id: 'generation', subject: work }),
        );

        renameSync(file, `${file}.put-aside`);
        await signIn(openclaw, { server });
        await turn(openclaw);
        expect(seen(model, server)).toEqual(['access#2']);
      },
    );
  },
);
