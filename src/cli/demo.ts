/**
 * `codex-login --demo`: the whole login on this machine. It differs from a login only in issuer, store and who opens the URL:
 * real sockets, real exchange, real commit.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openCredentialStore } from '../agents/credential-store.ts';
import { login } from '../login.ts';
import { openaiCodex } from '../provider/openai-codex.ts';
import { overrideProvider } from '../provider/overrides.ts';
import type { AuthProfiles } from '../store/profile-store.ts';
import { systemClock, systemOpenUrl } from '../system.ts';
import { EXIT_STATUS } from '../words/errors.ts';
import { maskToken } from '../words/redact.ts';
import { usageError, wholeNumber } from './arguments.ts';
import type { Invocation } from './commands.ts';
import { showProgress } from './progress.ts';

/** A person at the mock's page gets as long as at the real one. */
const DEFAULT_TIMEOUT_SECONDS = 600;

export async function runDemo({ options, terminal, signal }: Invocation): Promise<number> {
  const foreign = (['issuer', 'client-id', 'discover', 'agent', 'provider'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (foreign !== undefined)
    throw usageError(
      `--demo brings its own server and store: it does not go with --${foreign}.`,
      'Leave one of the two out.',
    );
  if (options.store === 'openclaw') {
    throw usageError(
      '--demo never writes into OpenClaw itself.',
      'Give --store a file, or leave it out for a temporary one.',
    );
  }
  const { createUserAgent, startAuthorizationServer } = await import('codex-login/testing');
  const { bold, dim, green } = terminal.colors;

  const directory = options.store === undefined ? await temporaryDirectory() : undefined;
  const path = options.store ?? join(directory ?? '', 'auth-profiles.json');
  const server = await startAuthorizationServer({ approve: options.browser ? 'page' : 'auto' });
  const timeoutMs = (wholeNumber(options, 'timeout', 1, 86_400) ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
  const browser = options.browser ? 'your browser' : 'the stand-in for a browser';
  const progress = showProgress(terminal, {
    clock: systemClock,
    timeoutMs,
    verbose: options.verbose,
    browser,
  });
  let kept = false;
  try {
    terminal.say(
      `${bold('Demo')}: a mock authorization server at ${server.issuer}, ${browser}, a real callback and a real commit.`,
    );
    const opened = await openCredentialStore({
      where: path,
      storeKey: options['store-key'],
      caFile: options['ca-file'],
      provider: openaiCodex.id,
      clock: systemClock,
    });
    const { store, configuration } = opened;
    if (store.info.scope !== 'network')
      terminal.say(
        dim(
          `Nothing leaves this machine${directory === undefined ? '' : ', and nothing of yours is read or changed'}.\n`,
        ),
      );
    const result = await login({
      provider: overrideProvider(openaiCodex, {
        issuer: server.issuer,
        port: wholeNumber(options, 'port', 0, 65_535) ?? 0,
      }),
      store,
      configuration,
      timeoutMs,
      signal,
      onEvent: progress.onEvent,
      openUrl: options['no-browser'] ? false : options.browser ? systemOpenUrl : createUserAgent().openUrl,
      profileId: options['profile-id'],
      replace: options.replace,
      only: options.only,
    });
    kept = true;
    terminal.say(
      `\n${bold('What was written')} ${dim(`to ${store.info.location}, tokens masked`)}\n${written((await store.read()).state, result.profileId)}`,
    );
    const verdict = result.routable ? green('routable') : `not routable (${result.reason})`;
    terminal.say(
      `\n${bold('Verdict')}: ${result.profileId} is ${verdict}.\n${dim('The real thing, with your own account: codex-login')}`,
    );
    return result.routable ? 0 : EXIT_STATUS.ERR_NOT_ROUTABLE;
  } finally {
    await progress.end();
    await server.close();
    if (directory !== undefined && !kept) await rm(directory, { recursive: true, force: true });
  }
}

/** The three things that one commit wrote, the tokens masked; nothing else of the file. */
function written({ profiles, order, lastGood }: AuthProfiles, profileId: string): string {
  const { id } = openaiCodex;
  const { type, provider, access, refresh, expires, email, accountId } = profiles[profileId] ?? {};
  const mask = (token: unknown) => (typeof token === 'string' ? maskToken(token) : undefined);
  const profile = { type, provider, access: mask(access), refresh: mask(refresh), expires, email, accountId };
  const three = {
    profiles: { [profileId]: profile },
    order: { [id]: order?.[id] },
    lastGood: { [id]: lastGood?.[id] },
  };
  return JSON.stringify(three, null, 2);
}

async function temporaryDirectory(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'codex-login-demo-'));
  } catch {
    throw usageError(
      `There is no temporary directory to write to: ${tmpdir()}.`,
      'Set TMPDIR to one, or give --store a file.',
    );
  }
}
