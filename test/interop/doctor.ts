/** The doctor of the packed command on the state directory of a real OpenClaw, with a server on this machine. */

import { expect, onTestFinished } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import type { FindingEvent } from '../../src/words/events/doctor.ts';
import { runCommand } from '../support/command.ts';
import type { OpenClaw } from './openclaw.ts';

/** `ids`: the findings that are more than worth knowing. */
export async function doctor({ home, environment, installed }: OpenClaw, ...args: string[]) {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  const { status, events, stderr } = await runCommand(
    ['doctor', '--json', '--issuer', server.issuer, '--openclaw', installed.directory, ...args],
    {
      home,
      env: { ...environment, PATH: installed.path, TMPDIR: home, OPENCLAW_DISABLE_BUNDLED_PLUGINS: '1' },
    },
  );
  expect(stderr).toBe('');
  const findings = events.filter(({ type }) => type === 'finding') as never as FindingEvent[];
  const worse = findings.filter(({ severity }) => severity !== 'info');
  const result = events.at(-1) as never as {
    backups?: { backup: string }[];
    gateway?: string;
    healthy: boolean;
  };
  return { status, ids: worse.map(({ id }) => id), findings, result };
}
