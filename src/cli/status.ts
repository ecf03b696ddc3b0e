/** `codex-login status`: per profile, whether it is stored, whether it would be used, and until when its token is good. */

import { readIdentityOf } from '../oauth/identity.ts';
import { providerNamed } from '../provider/providers.ts';
import { reasonAgainst, remedyOf, select, unknownTo } from '../resolver.ts';
import { isDead, refreshableIn } from '../store/edits/refresh.ts';
import type { OAuthProfile } from '../store/profile-store.ts';
import { systemClock } from '../system.ts';
import type { Verification } from '../verification.ts';
import { type ErrorCode, EXIT_STATUS } from '../words/errors.ts';
import type { StatusResult } from '../words/events.ts';
import type { EpochMs } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';
import type { Invocation } from './commands.ts';
import { type CredentialContext, openCredentialContext } from './credential-context.ts';
import type { Terminal } from './terminal.ts';

type ProfileStatus = StatusResult['profiles'][number];

export async function run(invocation: Invocation): Promise<number> {
  const context = await openCredentialContext(invocation.options);
  try {
    return await answer(invocation, context);
  } finally {
    await context.close();
  }
}

async function answer(
  { options, terminal, signal }: Invocation,
  context: CredentialContext,
): Promise<number> {
  const { opened } = context;
  const { store } = opened;
  const provider = { ...providerNamed(options.provider), id: opened.provider };
  const before = await select(opened);
  const verified = options.verify
    ? await verifyAll(before, context, signal)
    : new Map<string, Verification>();
  const { state, selection } = verified.size === 0 ? before : await select(opened);
  const now = systemClock.now();
  const unknown = unknownTo(store.info, provider);
  const verdicts = unknown === undefined ? selection.verdicts : selection.verdicts.map(notRoutable(unknown));
  const profiles = verdicts.map(({ profileId, reason, routable, unusableUntil }): ProfileStatus => {
    const profile = state.profiles[profileId];
    const { email, plan } = profile ? readIdentityOf(profile, provider.identity) : {};
    return {
      profileId,
      stored: profile !== undefined,
      routable,
      ...(routable ? {} : { reason }),
      selected: routable && profileId === selection.selected,
      ...(typeof profile?.type === 'string' ? { credential: profile.type } : {}),
      ...(typeof profile?.expires === 'number' ? { expires: profile.expires } : {}),
      ...(email === undefined ? {} : { email }),
      ...(plan === undefined ? {} : { plan }),
      ...(unusableUntil === undefined ? {} : { unusableUntil }),
      ...deathOf(refreshableIn(state, profileId)),
      ...verdictOf(verified.get(profileId)),
    };
  });
  const { orderSource, candidates } = selection;
  const selected = unknown === undefined ? selection.selected : undefined;
  const usable = selected !== undefined;
  if (terminal.json) {
    const result: StatusResult = {
      v: 1,
      type: 'result',
      time: new Date(now).toISOString(),
      ok: true,
      provider: provider.id,
      store: store.info.location,
      generation: store.info.generation,
      orderSource,
      order: [...candidates],
      ...(usable ? { selected } : {}),
      profiles,
    };
    terminal.line(result);
    return statusOf(profiles, verified);
  }

  const { bold, dim, yellow } = terminal.colors;
  terminal.answer(
    `${bold(provider.id)} in ${store.info.location} ${dim(`(generation ${store.info.generation})`)}`,
  );
  for (const profile of profiles) answerProfile(profile, now, terminal);
  if (opened.note) terminal.answer(dim(`Note: ${opened.note}.`));
  if (usable) return statusOf(profiles, verified);
  const [first] = profiles;
  const reason =
    first === undefined ? 'profile_missing' : (unknown ?? reasonAgainst(first.profileId, selection) ?? 'ok');
  terminal.answer(
    yellow(`Nothing usable (${reason}). ${remedyOf(reason, first?.profileId ?? provider.id, provider.id)}`),
  );
  return EXIT_STATUS.ERR_NOT_ROUTABLE;
}

/** What the store allows, and OpenClaw has no use for. */
function notRoutable(reason: 'provider_unknown') {
  return <Judged extends { readonly routable: boolean; readonly reason: string }>(verdict: Judged) =>
    verdict.routable ? { ...verdict, routable: false, reason } : verdict;
}

type Verified = ReadonlyMap<string, Verification>;

/** Each OAuth profile, one after the other: servers count requests. */
async function verifyAll(
  { state, selection }: Awaited<ReturnType<typeof select>>,
  { opened, network, provider }: CredentialContext,
  signal: AbortSignal,
): Promise<Verified> {
  const { verifyCredential } = await import('../verification.ts');
  const verified = new Map<string, Verification>();
  const { store, configuration, inheritsFrom, gateway } = opened;
  for (const { profileId } of selection.verdicts) {
    if (refreshableIn(state, profileId) === undefined) continue;
    const asked = { store, configuration, inheritsFrom, gateway, provider, providerId: opened.provider };
    verified.set(profileId, await verifyCredential(profileId, { ...asked, fetch: network.fetch, signal }));
  }
  return verified;
}

function deathOf(profile: OAuthProfile | undefined): Pick<ProfileStatus, 'dead'> {
  return profile?.dead !== undefined && isDead(profile) ? { dead: profile.dead.code } : {};
}

function verdictOf(verification: Verification | undefined): Pick<ProfileStatus, 'verified' | 'verification'> {
  if (verification === undefined) return {};
  const { verified } = verification;
  return verified === true ? { verified } : { verified, verification: verification.reason };
}

/** What was asked for by `--verify` decides, for the profile that would be used. */
function statusOf(profiles: readonly ProfileStatus[], verified: Verified): number {
  const selected = profiles.find((profile) => profile.selected);
  if (selected === undefined) return EXIT_STATUS.ERR_NOT_ROUTABLE;
  const verification = verified.get(selected.profileId);
  if (verification === undefined || verification.verified === true) return 0;
  return EXIT_STATUS[verification.code as ErrorCode] ?? EXIT_STATUS.ERR_UNEXPECTED;
}

function answerProfile(profile: ProfileStatus, now: EpochMs, terminal: Terminal): void {
  const { bold, green, yellow, dim } = terminal.colors;
  const { profileId, stored, selected, routable, reason, email, plan, expires, unusableUntil } = profile;
  const { dead, verified, verification } = profile;
  const mark = selected ? green('✔') : routable ? dim('·') : yellow('✖');
  const who = [email, plan === undefined ? undefined : `${plan} plan`]
    .filter((part) => part !== undefined)
    .map((part) => foreignText(part, 120));
  terminal.answer(`${mark} ${bold(foreignText(profileId, 200))}${selected ? '  will be used' : ''}`);
  terminal.answer(`    stored    ${stored ? 'yes' : 'no'}`);
  terminal.answer(
    `    routable  ${routable ? 'yes' : `no (${reason})`}${unusableUntil === undefined ? '' : `, tried last until ${new Date(unusableUntil).toISOString()}`}`,
  );
  if (expires !== undefined) terminal.answer(`    expires   ${whenOf(expires, now, profile.credential)}`);
  if (dead !== undefined)
    terminal.answer(
      `    refresh   ${yellow(`refused (${foreignText(dead, 60)}): sign in again, codex-login`)}`,
    );
  if (verified !== undefined) terminal.answer(`    verified  ${wordsOf(verified, verification)}`);
  if (who.length > 0) terminal.answer(`    who       ${who.join(', ')}`);
}

function wordsOf(verified: ProfileStatus['verified'], why: string | undefined): string {
  if (verified === true) return 'yes: the server has just refreshed it';
  return `${verified === false ? 'no' : 'not known'}: ${foreignText(why ?? '')}`;
}

/** An OAuth token that is expired is no reason not to use the profile: it gets refreshed. Any other is over. */
function whenOf(expires: EpochMs, now: EpochMs, credential: string | undefined): string {
  const date = new Date(expires);
  if (Number.isNaN(date.getTime())) return 'at a time that cannot be read';
  const minutes = Math.round((expires - now) / 60_000);
  if (minutes <= 0)
    return `${date.toISOString()} (over: ${credential === 'oauth' ? 'it is refreshed at the next use' : 'nothing here refreshes it'})`;
  const left =
    minutes < 120
      ? `${minutes} min`
      : minutes < 2880
        ? `${Math.round(minutes / 60)} h`
        : `${Math.round(minutes / 1440)} days`;
  return `${date.toISOString()} (${left} left)`;
}
