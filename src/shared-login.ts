/**
 * A login beside other logins of the same person: the first one signs in, and those for the same target follow it to the same
 * end instead of fighting it for the port. It decides what following means; how they find each other, `rendezvous` decides.
 */

import { type LoginSettings, withDefaults } from './login/options.ts';
import { createReport, type Report } from './login/report.ts';
import { type LoginOptions, type LoginResult, login } from './login.ts';
import type { First } from './rendezvous/first.ts';
import type { Follower } from './rendezvous/follower.ts';
import { type Alone, joinRendezvous } from './rendezvous/join.ts';
import type { ProfileStore } from './store/profile-store.ts';
import { type Person, systemClock, systemPerson } from './system.ts';
import { duration, startDeadline } from './words/deadline.ts';
import { type ErrorCode, EXIT_STATUS, interruptionOf, LoginError, toLoginError } from './words/errors.ts';
import type { LoginEvent } from './words/events.ts';

/** What `sharedLogin()` may be told: as `login()`, but the store has to be named. */
export interface SharedLoginOptions extends LoginOptions {
  /** Where the credential goes: logins into one place share. */
  store: ProfileStore;
  /** A way to answer that the person chose by name, beside `device`: logins that differ in it share nothing. */
  way?: string | undefined;
  /** Who signs in on this machine. Default: whoever runs this process. */
  person?: Person | undefined;
}

/**
 * As `login()`, unless another process of the same person is at the very same login already: then that one's events are told,
 * after a `waiting` with its pid in `following`, and its end is this one's too. The result's verdict is made anew. Where the
 * other one was interrupted, timed out or killed, exactly one of those that followed it signs in instead.
 * @returns what was stored, here or there
 * @throws LoginError as `login()`, and whatever the login failed with that was followed
 */
export async function sharedLogin(options: SharedLoginOptions): Promise<LoginResult> {
  const report = createReport(options.onEvent, options.clock ?? systemClock);
  const settings = await withDefaults(options).catch((thrown) => failed(toLoginError(thrown), report));
  const { clock, signal, store } = settings;
  const person = options.person ?? systemPerson();
  // A store of this process alone is nobody else's, and where people have no numbers they have no place of their own.
  if (store.info.scope === 'process' || person.uid === undefined) return login(options);
  const target = targetOf(settings, person, options.way);
  const join = { place: person, pid: process.pid, clock, signal };
  for (;;) {
    const joined = await joinRendezvous(target, join).catch(() => failed(interruptionOf(signal), report));
    if (joined.role !== 'follower') return ownLogin(joined, options, report);
    const result = await follow(joined, settings, report);
    if (result !== undefined) return result;
    report.emit({ type: 'waiting', following: null, reason: 'the other sign-in ended without an answer' });
  }
}

/** Everything that makes two logins the same: whom they ask, how they are answered, and what they would store where. */
function targetOf(settings: LoginSettings, { network }: Person, way: string | undefined): string {
  const { provider, store, profileId, replace, only, device } = settings;
  const { location, generation } = store.info;
  // `localhost` is another one in another network.
  return JSON.stringify([provider, location, generation, profileId, replace, only, device, way, network]);
}

async function ownLogin(
  joined: First | Alone,
  options: SharedLoginOptions,
  report: Report,
): Promise<LoginResult> {
  if (joined.role === 'alone') {
    report.emit({ type: 'waiting', reason: `other sign-ins of yours cannot be seen: ${joined.reason}` });
    return login(options);
  }
  const onEvent = (event: LoginEvent) => {
    joined.tell(event);
    options.onEvent?.(event);
  };
  try {
    return await login({ ...options, onEvent });
  } finally {
    // Its ports are free by now: whoever takes over finds them so.
    joined.close();
  }
}

/** Ends that are one process's own, and leave the sign-in to whoever still wants it. */
const LEFT_OPEN: readonly string[] = ['ERR_ABORTED', 'ERR_TERMINATED', 'ERR_TIMED_OUT'];

/** Undefined where the first has gone without an answer. */
async function follow(
  { first, events, leave }: Follower,
  settings: LoginSettings,
  report: Report,
): Promise<LoginResult | undefined> {
  const { signal, clock, timeoutMs } = settings;
  const ended = new AbortController();
  const deadline = startDeadline(clock, timeoutMs, ended.signal);
  deadline.signal.addEventListener('abort', leave, { once: true });
  const reason = `a sign-in is already waiting in another terminal (pid ${first.pid}): following that one`;
  report.emit({ type: 'waiting', following: first.pid, reason });
  try {
    for await (const event of events) {
      if (event.type === 'result') return await sameResult(event, settings, report);
      if (event.type === 'error' && LEFT_OPEN.includes(event.code)) continue;
      // Told anew: another version may know other codes and statuses, and this process ends with one of ours.
      if (event.type === 'error') return failed(sameError(event), report);
      report.emit(event);
    }
    if (signal.aborted) return failed(interruptionOf(signal), report);
    if (deadline.signal.aborted) return timedOut(timeoutMs, first.pid, report);
    return undefined;
  } finally {
    ended.abort();
    leave();
  }
}

/** What the other one stored, and what this one finds of it. */
async function sameResult(
  event: Extract<LoginEvent, { type: 'result' }>,
  settings: LoginSettings,
  report: Report,
): Promise<LoginResult> {
  const { v: _, type: __, time: ___, ok: ____, routable, reason, hint, ...stored } = event;
  const { routabilityOf } = await import('./resolver.ts');
  const verdict = await routabilityOf(stored.profileId, settings);
  const agrees = verdict.routable ? routable : verdict.reason === reason;
  const hints = agrees && hint !== undefined ? { hint } : {};
  const shown = { ...stored, accountId: stored.accountId ?? '', ...verdict, ...hints };
  report.emit({ type: 'result', ok: true, ...shown });
  return { ...shown, generation: settings.store.info.generation } as LoginResult;
}

function sameError({ code, message, hint }: Extract<LoginEvent, { type: 'error' }>): LoginError {
  const known = code in EXIT_STATUS ? (code as ErrorCode) : 'ERR_UNEXPECTED';
  return new LoginError(known, { summary: message, hint });
}

function timedOut(timeoutMs: number, pid: number, report: Report): never {
  const error = new LoginError('ERR_TIMED_OUT', {
    summary: `Nobody finished the other sign-in (pid ${pid}) within ${duration(timeoutMs)}.`,
    hint: 'It goes on waiting: finish it or end it, then run the command again. Nothing was stored.',
  });
  return failed(error, report);
}

function failed(error: LoginError, report: Report): never {
  report.fail(error);
  throw error;
}
