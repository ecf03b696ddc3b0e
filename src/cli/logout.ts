/** `codex-login logout`: says of the server and of the store what happened at each. */

import { aroundOf } from '../agents/around.ts';
import { type LogoutResult, logout } from '../logout.ts';
import { systemClock } from '../system.ts';
import type { LogoutLine } from '../words/events.ts';
import { foreignText } from '../words/redact.ts';
import { usageError } from './arguments.ts';
import type { Invocation } from './commands.ts';
import { openCredentialContext } from './credential-context.ts';
import type { Terminal } from './terminal.ts';

export async function run({ options, positionals, terminal, signal }: Invocation): Promise<number> {
  if (options.local && options.force)
    throw usageError('--local and --force exclude each other.', '--local asks no server at all.');
  const context = await openCredentialContext(options);
  const { store, configuration, followers, gateway, provider } = context.opened;
  try {
    const result = await logout({
      store,
      configuration,
      followers,
      gateway,
      provider: context.provider,
      providerId: provider,
      profileId: positionals[0],
      local: options.local,
      force: options.force,
      fetch: context.network.fetch,
      signal,
    });
    if (terminal.json) terminal.line(lineOf(result));
    else tell(result, terminal);
    return 0;
  } finally {
    await context.close();
  }
}

type Said = LogoutLine['refreshToken'];

function saidOf(revocation: LogoutResult['refreshToken']): Said {
  if (revocation === undefined) return 'skipped';
  return revocation.revoked ? 'revoked' : 'failed';
}

function reasonIn({ refreshToken, accessToken }: LogoutResult): string | undefined {
  for (const revocation of [refreshToken, accessToken])
    if (revocation?.revoked === false) return revocation.reason;
  return undefined;
}

function lineOf(result: LogoutResult): LogoutLine {
  const { profileId, store, issuer, order, lastGood, agents, gateway } = result;
  const reason = reasonIn(result);
  return {
    v: 1,
    type: 'result',
    time: new Date(systemClock.now()).toISOString(),
    ok: true,
    profileId,
    store,
    removed: true,
    ...(issuer === undefined ? {} : { issuer }),
    refreshToken: saidOf(result.refreshToken),
    accessToken: saidOf(result.accessToken),
    ...(reason === undefined ? {} : { reason }),
    ...(order === undefined ? {} : { order }),
    ...(lastGood === undefined ? {} : { lastGood }),
    ...aroundOf(agents, gateway),
    ...(gateway?.state === 'stale' ? { hint: gateway.hint } : {}),
  };
}

function tell(result: LogoutResult, terminal: Terminal): void {
  const { green, yellow, bold } = terminal.colors;
  const { profileId, store, issuer, refreshToken, accessToken, order, agents, gateway } = result;
  if (refreshToken === undefined)
    terminal.say(`${yellow('·')} No server was asked: its tokens stay valid there.`);
  else if (refreshToken.revoked)
    terminal.say(
      `${green('✔')} Revoked at ${issuer}: refresh token${accessToken?.revoked ? ' and access token' : ''}.`,
    );
  else terminal.say(`${yellow('✖')} Not revoked at ${issuer}. ${refreshToken.reason}`);
  if (accessToken?.revoked === false)
    terminal.say(`  The access token was not, and is good until it expires. ${accessToken.reason}`);
  terminal.say(
    `${green('✔')} Removed ${bold(foreignText(profileId, 200))} from profiles, order and lastGood: ${store}`,
  );
  if (order !== undefined)
    terminal.say(`  Next in the order: ${order.map((id) => foreignText(id, 200)).join(', ')}`);
  for (const { agent, failure, retired } of agents) {
    if (failure !== undefined) terminal.say(`  ${yellow('✖')} Agent ${foreignText(agent, 60)}: ${failure}`);
    else if (retired.length > 0) terminal.say(`  Agent ${foreignText(agent, 60)}: its copy was removed too.`);
  }
  if (gateway?.state === 'stale') terminal.say(`  ${gateway.hint}`);
}
