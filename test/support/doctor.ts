/** An OpenClaw state directory made in code, and a doctor that reaches nothing outside it. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { DoctorOptions } from '../../src/doctor.ts';
import type { Fetch } from '../../src/words/ports.ts';
import { createVirtualClock } from './clock.ts';
import { type DamagedStore, now } from './damaged-stores.ts';
import { temporaryDirectory } from './temporary.ts';

export interface Patient {
  readonly home: string;
  readonly storePath: string;
  readonly configurationPath: string;
  readonly options: DoctorOptions & { surroundings: NonNullable<DoctorOptions['surroundings']> };
  pathOf(agent: string): string;
  /** Every byte below the home directory, locks left out. */
  bytes(): Record<string, string>;
}

/** A server that is there, whose clock is right. */
export const reachable: Fetch = async () =>
  new Response('{"keys":[]}', { headers: { date: new Date(now).toUTCString() } });

export function createPatient({
  store,
  configuration,
  agents = {},
  files = {},
}: Partial<DamagedStore>): Patient {
  const home = temporaryDirectory();
  const state = join(home, 'state');
  const pathOf = (agent: string) => join(state, 'agents', agent, 'agent', 'auth-profiles.json');
  const write = (path: string, content: object | string) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
    writeFileSync(path, text, { mode: 0o600 });
  };
  if (store !== undefined) write(pathOf('main'), store);
  for (const [agent, content] of Object.entries(agents)) write(pathOf(agent), content);
  for (const [name, content] of Object.entries(files)) write(join(home, name), content);
  const configurationPath = join(state, 'openclaw.json');
  if (configuration !== undefined) write(configurationPath, configuration);
  return {
    home,
    storePath: pathOf('main'),
    configurationPath,
    pathOf,
    options: {
      clock: createVirtualClock(now),
      fetch: reachable,
      // Port 9 is nobody's: no gateway that happens to run here shall decide a test.
      surroundings: {
        environment: { OPENCLAW_STATE_DIR: state, OPENCLAW_GATEWAY_PORT: '9', HOME: home },
        homeDirectory: () => home,
      },
    },
    bytes: () =>
      Object.fromEntries(
        (readdirSync(home, { recursive: true }) as string[])
          .map((name) => join(home, name))
          .filter((path) => existsSync(path) && !path.endsWith('.lock'))
          .flatMap((path) => {
            try {
              return [[path, readFileSync(path, 'utf8')]];
            } catch {
              return [];
            }
          }),
      ),
  };
}
