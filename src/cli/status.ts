/** `codex-login status`: per profile, whether it is stored, whether it would be used, and until when its token is good. */

import { openCredentialStore } from '../credential-store.ts';
import { EXIT_STATUS } from '../errors.ts';
import type { StatusResult } from '../events.ts';
import { readIdentityOf } from '../oauth/identity.ts';
import type { EpochMs } from '../ports.ts';
import { providerNamed } from '../provider/providers.ts';
import { foreignText } from '../redact.ts';
import { reasonAgainst, remedyOf, select } from '../resolver.ts';
import { systemClock } from '../system.ts';
import type { Invocation } from './commands.ts';
import type { Terminal } from './terminal.ts';

type ProfileStatus = StatusResult['profiles'][number];

export async function run({ options, terminal }: Invocation): Promise<number> {
  const named = providerNamed(options.provider);
  const opened = await openCredentialStore({
    where: options.store,
    agent: options.agent,
    openclaw: options.openclaw,
    provider: named.id,
  });
  const { store } = opened;
  const provider = { ...named, id: opened.provider };
  const { state, selection } = await select(opened);
  await store.close();
  const now = systemClock.now();
  const profiles = selection.verdicts.map(({ profileId, reason, routable, unusableUntil }): ProfileStatus => {
    const profile = state.profiles[profileId];
    const { email, plan } = profile ? readIdentityOf(profile, provider.identity) : {};
    return {
      profileId,
      stored: profile !== undefined,
      routable,
      ...(routable ? {} : { reason }),
      selected: profileId === selection.selected,
      ...(typeof profile?.type === 'string' ? { credential: profile.type } : {}),
      ...(typeof profile?.expires === 'number' ? { expires: profile.expires } : {}),
      ...(email === undefined ? {} : { email }),
      ...(plan === undefined ? {} : { plan }),
      ...(unusableUntil === undefined ? {} : { unusableUntil }),
    };
  });
  const { selected, orderSource, candidates } = selection;
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
    return usable ? 0 : EXIT_STATUS.ERR_NOT_ROUTABLE;
  }

  const { bold, dim, yellow } = terminal.colors;
  terminal.answer(
    `${bold(provider.id)} in ${store.info.location} ${dim(`(generation ${store.info.generation})`)}`,
  );
  for (const profile of profiles) answerProfile(profile, now, terminal);
  if (opened.note) terminal.answer(dim(`Note: ${opened.note}.`));
  if (usable) return 0;
  const [first] = profiles;
  const reason =
    first === undefined ? 'profile_missing' : (reasonAgainst(first.profileId, selection) ?? 'ok');
  terminal.answer(
    yellow(`Nothing usable (${reason}). ${remedyOf(reason, first?.profileId ?? provider.id, provider.id)}`),
  );
  return EXIT_STATUS.ERR_NOT_ROUTABLE;
}

function answerProfile(profile: ProfileStatus, now: EpochMs, terminal: Terminal): void {
  const { bold, green, yellow, dim } = terminal.colors;
  const { profileId, stored, selected, routable, reason, email, plan, expires, unusableUntil } = profile;
  const mark = selected ? green('✔') : routable ? dim('·') : yellow('✖');
  const who = [email, plan === undefined ? undefined : `${plan} plan`]
    .filter((part) => part !== undefined)
    .map((part) => foreignText(part, 120));
  terminal.answer(`${mark} ${bold(foreignText(profileId, 200))}${selected ? '  will be used' : ''}`);
  terminal.answer(`    stored    ${stored ? 'yes' : 'no'}`);
  terminal.answer(
    `    routable  ${routable ? 'yes' : `no (${reason})`}${unusableUntil === undefined ? '' : `, tried last until ${new Date(unusableUntil).toISOString()}`}`,
  );
  if (expires !== undefined) terminal.answer(`    expires   ${whenOf(expires, now)}`);
  if (who.length > 0) terminal.answer(`    who       ${who.join(', ')}`);
}

/** An OAuth token that is expired is no reason not to use the profile: it gets refreshed. */
function whenOf(expires: EpochMs, now: EpochMs): string {
  const date = new Date(expires);
  if (Number.isNaN(date.getTime())) return 'at a time that cannot be read';
  const minutes = Math.round((expires - now) / 60_000);
  if (minutes <= 0) return `${date.toISOString()} (over: it is refreshed at the next use)`;
  const left =
    minutes < 120
      ? `${minutes} min`
      : minutes < 2880
        ? `${Math.round(minutes / 60)} h`
        : `${Math.round(minutes / 1440)} days`;
  return `${date.toISOString()} (${left} left)`;
}
