/** `codex-login token`: one valid access token on stdout and nothing else, so that other programs can call it for theirs. */

import { type Credential, requireCredential } from '../require-credential.ts';
import { systemClock } from '../system.ts';
import type { TokenResult } from '../words/events.ts';
import { usageError, wholeNumber } from './arguments.ts';
import type { Invocation } from './commands.ts';
import { openCredentialContext } from './credential-context.ts';
import { orInterrupted } from './signals.ts';

/** A month: no access token lives longer. */
const MOST_SECONDS = 31 * 86_400;

const INTERRUPTED =
  'What is stored is whole: a refresh whose token was sent is stored before this process ends.';

export async function run({ options, terminal, signal }: Invocation): Promise<number> {
  const format = options.format ?? 'token';
  if (!['token', 'json', 'header'].includes(format))
    throw usageError('--format takes token, json or header.', 'Example: --format header');
  const minTtl = wholeNumber(options, 'min-ttl', 0, MOST_SECONDS);
  const context = await openCredentialContext(options);
  try {
    const credential = await requireCredential({
      store: context.opened.store,
      inheritsFrom: context.opened.inheritsFrom,
      configuration: context.opened.configuration,
      gateway: context.opened.gateway,
      provider: context.provider,
      providerId: context.opened.provider,
      profileId: options['profile-id'],
      minTtlMs: minTtl === undefined ? undefined : minTtl * 1000,
      forceRefresh: options['force-refresh'],
      fetch: context.network.fetch,
      signal,
      onWaiting: (reason) => terminal.say(terminal.colors.dim(`Waiting: ${reason}.`)),
    });
    if (terminal.json || format === 'json') terminal.line(resultOf(credential));
    else
      terminal.answer(
        format === 'header' ? `Authorization: Bearer ${credential.accessToken}` : credential.accessToken,
      );
    return 0;
  } catch (thrown) {
    throw orInterrupted(thrown, signal, INTERRUPTED);
  } finally {
    await context.close();
  }
}

function resultOf({ accessToken, ...credential }: Credential): TokenResult {
  const time = new Date(systemClock.now()).toISOString();
  return { v: 1, type: 'result', time, ok: true, token: accessToken, tokenType: 'Bearer', ...credential };
}
