import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, onTestFinished, type TestContext, test } from 'vitest';

import type { Line } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const driver = fileURLToPath(new URL('../support/namespace-login.mjs', import.meta.url));

interface Outcome {
  status: number;
  stderr: string;
  events: Line[];
  /** The pids of whoever holds a port, in order. */
  holders: number[];
  /** The redirect URI of each exchange that the mock saw. */
  exchanges: string[];
  /** The status of the last page in the browser. */
  page?: number;
}
interface Situation {
  /** Without IPv6. */
  v4?: true;
  held?: { host: string; port: number }[];
  signIns?: number;
}

/** How a network namespace is made here: as root, or as nobody in particular where the system lets everybody. */
const unshare = [['-n'], ['-rn']].find(
  (flags) => spawnSync('unshare', [...flags, 'ip', 'link', 'set', 'lo', 'up']).status === 0,
);

/** A whole login in a network of its own, on the registered ports. */
async function loginIn({ skip }: TestContext, situation: Situation): Promise<Outcome> {
  if (unshare === undefined) return skip('no network namespace can be made here (unshare, ip)');
  const given = { installed: inject('installed'), home: temporaryDirectory(), ...situation };
  const args = [...unshare, process.execPath, driver, JSON.stringify(given)];
  const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGTERM'));
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) output += chunk;
  return JSON.parse(output);
}
const said = ({ events }: Outcome, type: string) => events.find((line) => line.type === type);

describe('in a network namespace', () => {
  test('R-8252-5 a host without IPv6 is told, and signs in on 1455', async (context) => {
    const outcome = await loginIn(context, { v4: true });
    expect(said(outcome, 'listening')).toMatchObject({
      redirectUri: 'http://localhost:1455/auth/callback',
      addresses: [{ address: '127.0.0.1', port: 1455 }],
      note: expect.stringContaining('this host has no IPv6'),
    });
    expect(outcome).toMatchObject({ status: 0, page: 200 });
  });

  test('R-8252-5 R-8252-3 ::1 taken by a foreign program: it is named, and 1457 signs in, at the token endpoint too', async (context) => {
    const outcome = await loginIn(context, { held: [{ host: '::1', port: 1455 }] });
    expect(said(outcome, 'listening')).toMatchObject({
      redirectUri: 'http://localhost:1457/auth/callback',
      addresses: [
        { address: '127.0.0.1', port: 1457 },
        { address: '::1', port: 1457 },
      ],
      note: `port 1455 is held on ::1 by node (pid ${outcome.holders[0]})`,
    });
    expect(outcome).toMatchObject({
      status: 0,
      page: 200,
      exchanges: ['http://localhost:1457/auth/callback'],
    });
  });

  test('another sign-in on 1455, into another store: it is named for what it is, and 1457 signs in', async (context) => {
    const outcome = await loginIn(context, { signIns: 1 });
    expect(said(outcome, 'listening')).toMatchObject({
      redirectUri: 'http://localhost:1457/auth/callback',
      note: `port 1455 is held by codex-login (pid ${outcome.holders[0]}): another sign-in is waiting there`,
    });
    expect(outcome).toMatchObject({ status: 0, page: 200 });
  });

  test('both ports taken: exit status 5, with both names and the next step', async (context) => {
    const outcome = await loginIn(context, {
      held: [
        { host: '127.0.0.1', port: 1455 },
        { host: '::1', port: 1457 },
      ],
    });
    const [first, second] = outcome.holders;
    expect(outcome.status).toBe(5);
    expect(outcome.events.at(-1)).toMatchObject({
      type: 'error',
      code: 'ERR_NO_CALLBACK_PORT',
      message: `No port for the sign-in's callback could be had: port 1455 is held by node (pid ${first}); port 1457 is held on ::1 by node (pid ${second}).`,
      hint: expect.stringContaining(`(pid ${first})`),
    });
  });
});
