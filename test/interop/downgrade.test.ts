import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, inject } from 'vitest';

import { testOn } from './openclaw.ts';
import { signIn } from './sign-in.ts';

const NEWER = '2026.9.6';

describe.each(['2026.4.5', '2026.5.28', '2026.6.11'])(
  'an OpenClaw %s on the store of a newer one',
  (version) => {
    testOn(NEWER)(
      'is refused before the sign-in, and no file is made beside the database',
      async ({ openclaw, skip }) => {
        const older = inject('openclaws')[version] ?? { missing: version };
        if ('missing' in older) return skip(older.missing);
        await signIn(openclaw);
        const installed = { ...openclaw.installed, directory: older.directory };
        const { status, events } = await signIn({ ...openclaw, installed }, { refused: true });
        expect(status).toBe(7);
        expect(events.map(({ type }) => type)).not.toContain('authorization_url');
        expect(events.at(-1)).toMatchObject({
          code: 'ERR_STORE_GENERATION',
          message: expect.stringContaining(
            `OpenClaw ${version}, which is the one in reach, does not read it`,
          ),
        });
        for (const name of ['auth-profiles.json', 'auth-state.json'])
          expect(existsSync(join(dirname(openclaw.storePath), name))).toBe(false);
      },
    );
  },
);
