/** `codex-login sync`: carries the access token of a shared store into this host's own, once or until it is stopped. */

import { openCredentialStore } from '../agents/credential-store.ts';
import { synchronizedEvent } from '../synchronize/event.ts';
import { keepSynchronized, type SynchronizeOptions, synchronize } from '../synchronize.ts';
import { systemClock } from '../system.ts';
import { EXIT_STATUS } from '../words/errors.ts';
import type { SynchronizeEvent, SynchronizeResultLine } from '../words/events.ts';
import { foreignText } from '../words/redact.ts';
import { usageError, wholeNumber } from './arguments.ts';
import type { Invocation } from './commands.ts';
import { openCredentialContext } from './credential-context.ts';
import { orInterrupted } from './signals.ts';
import type { Terminal } from './terminal.ts';

const HOUR_SECONDS = 3_600;

const INTERRUPTED =
  'What is stored is whole, and this host keeps the access token that it has until it expires.';

export async function run({ options, terminal, signal }: Invocation): Promise<number> {
  const { store, agent, ...rest } = options;
  if (store === undefined)
    throw usageError(
      '--store says where the shared credential is, and is missing.',
      'Example: codex-login sync --store /mnt/shared/auth-profiles.json',
    );
  const interval = wholeNumber(options, 'interval', 1, HOUR_SECONDS);
  const context = await openCredentialContext({ ...rest, store });
  const request: SynchronizeOptions = {
    from: context.opened,
    openTarget: () =>
      openCredentialStore({
        where: options.to,
        agent,
        openclaw: options.openclaw,
        provider: options.provider,
      }),
    refresh: options['no-refresh'] !== true,
    provider: context.provider,
    profileId: options['profile-id'],
    fetch: context.network.fetch,
    signal,
    onWaiting: (reason) => terminal.say(terminal.colors.dim(`Waiting: ${reason}.`)),
  };
  const onEvent = terminal.json ? terminal.line : (event: SynchronizeEvent) => tell(event, terminal);
  try {
    if (options.once) return await once(request, onEvent, terminal);
    const intervalMs = interval === undefined ? undefined : interval * 1000;
    return await keepSynchronized({ ...request, intervalMs, onEvent });
  } catch (thrown) {
    throw orInterrupted(thrown, signal, INTERRUPTED);
  } finally {
    await context.close();
  }
}

/** Committed and yet not used is told as after a login. */
async function once(
  request: SynchronizeOptions,
  onEvent: (event: SynchronizeEvent) => void,
  terminal: Terminal,
): Promise<number> {
  const done = await synchronize(request);
  const time = new Date(systemClock.now()).toISOString();
  const fields = synchronizedEvent(done);
  const { unrefreshed, expires } = done;
  if (unrefreshed !== undefined) {
    const { code, summary: message, hint } = unrefreshed;
    const until = expires === undefined ? {} : { expires, expired: false };
    onEvent({ v: 1, type: 'behind', time, code, message, hint, ...until });
  }
  if (terminal.json)
    terminal.line({ v: 1, type: 'result', time, ok: true, ...fields } satisfies SynchronizeResultLine);
  else tell({ v: 1, type: 'synchronized', time, ...fields }, terminal);
  return done.routable ? 0 : EXIT_STATUS.ERR_NOT_ROUTABLE;
}

function tell(event: SynchronizeEvent, terminal: Terminal): void {
  const { bold, dim, green, yellow } = terminal.colors;
  const at = dim(event.time);
  if (event.type === 'behind') {
    terminal.say(`${yellow('✖')} ${at} ${event.message}\n  ${event.hint} ${dim(`(${event.code})`)}`);
    terminal.say(`  ${leftWith(event)}`);
    return;
  }
  const { profileId, store, from, expires, routable, reason, hint, agents = [] } = event;
  const until = expires === undefined ? '' : `, good until ${new Date(expires).toISOString()}`;
  terminal.say(`${green('✔')} ${at} ${bold(foreignText(profileId, 200))} is in ${store}${until}`);
  terminal.say(
    `  From ${from}${event.refreshed ? ', refreshed there by this host' : ''}${event.changed ? '' : '; it was here already'}.`,
  );
  if (!routable) terminal.say(`  ${yellow(`It would not be used (${reason}).`)}`);
  if (hint !== undefined) terminal.say(`  ${hint}`);
  for (const { agent, failure } of agents)
    terminal.say(
      failure === undefined
        ? `  Agent ${foreignText(agent, 60)} follows.`
        : `  ${yellow('✖')} Agent ${foreignText(agent, 60)}: ${failure}`,
    );
}

/** OpenClaw says nothing when it passes an expired token over: so this has to. */
function leftWith({ expires, expired }: Extract<SynchronizeEvent, { type: 'behind' }>): string {
  if (expires === undefined) return 'Nothing was written on this host.';
  const when = new Date(expires).toISOString();
  return expired
    ? `The access token on this host is over since ${when}: OpenClaw passes it over, and uses another provider without a word.`
    : `The access token on this host stays, and is good until ${when}.`;
}
