/**
 * `codex-login --demo`: the whole login on this machine. It differs from a login only in issuer, store and who opens the URL:
 * real sockets, real exchange, real commit.
 */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openCredentialStore } from '../credential-store.ts';
import { EXIT_STATUS } from '../errors.ts';
import { login } from '../login.ts';
import { openaiCodex } from '../provider/openai-codex.ts';
import { overrideProvider } from '../provider/overrides.ts';
import { maskToken } from '../redact.ts';
import { systemClock, systemOpenUrl } from '../system.ts';
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
  const { createUserAgent, startAuthorizationServer } = await import('codex-login/testing');
  const { bold, dim, green } = terminal.colors;

  const directory =
    options.store === undefined ? await mkdtemp(join(tmpdir(), 'codex-login-demo-')) : undefined;
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
    terminal.say(dim('Nothing leaves this machine, and nothing of yours is read or changed.\n'));
    const { store, configuration } = await openCredentialStore({
      where: path,
      provider: openaiCodex.id,
      clock: systemClock,
    });
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
      `\n${bold('What was written')} ${dim(`to ${path}, tokens masked`)}\n${masked(await readFile(path, 'utf8'))}`,
    );
    const verdict = result.routable ? green('routable') : `not routable (${result.reason})`;
    terminal.say(
      `\n${bold('Verdict')}: ${result.profileId} is ${verdict}.\n${dim('The real thing, with your own account: codex-login')}`,
    );
    return result.routable ? 0 : EXIT_STATUS.ERR_NOT_ROUTABLE;
  } finally {
    progress.end();
    await server.close();
    if (directory !== undefined && !kept) await rm(directory, { recursive: true, force: true });
  }
}

function masked(json: string): string {
  const secret = new Set(['access', 'refresh', 'idToken', 'key', 'token']);
  const mask = (name: string, value: unknown) =>
    secret.has(name) && typeof value === 'string' ? maskToken(value) : value;
  return JSON.stringify(JSON.parse(json), mask, 2);
}
