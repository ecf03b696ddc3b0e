/** A login by the packed command into the state directory of a real OpenClaw. */

import { onTestFinished } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../mocks/index.ts';
import { type Ended, startCommand } from '../support/command.ts';
import type { OpenClaw } from './openclaw.ts';

export interface SignedIn extends Ended {
  readonly result: { profileId: string; order: string[]; routable: boolean; store: string; gateway: string };
}

/** A server for one person; each login of that person gets tokens of its own. */
export async function startServer() {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  return server;
}

export async function signIn(
  { home, environment, installed }: OpenClaw,
  {
    server,
    env = {},
    args = [],
    refused = false,
  }: {
    server?: Awaited<ReturnType<typeof startServer>>;
    env?: NodeJS.ProcessEnv;
    args?: string[];
    /** It ends before it asks anybody to sign in. */
    refused?: boolean;
  } = {},
): Promise<SignedIn> {
  const { issuer } = server ?? (await startServer());
  const command = startCommand(
    [
      'login',
      ...['--issuer', issuer, '--port', '0', '--no-browser', '--json'],
      ...['--openclaw', installed.directory, ...args],
    ],
    {
      home,
      env: {
        ...environment,
        PATH: installed.path,
        ...env,
      },
    },
  );
  if (!refused) {
    const { url } = await command.line('authorization_url');
    await createUserAgent().openUrl(url);
  }
  const ended = await command.ended;
  return { ...ended, result: ended.events.at(-1) as never };
}
