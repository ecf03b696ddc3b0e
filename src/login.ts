/**
 * One login, read from top to bottom: from bound sockets to a committed credential that would be used.
 * The only place where the authorization server, the browser and the store meet; it holds the order of the steps.
 */

import { type LoginOptions, type LoginSettings, withDefaults } from './login/options.ts';
import {
  type Answer,
  cameBack,
  concludeSignedIn,
  expectAnswer,
  linger,
  showBrowser,
  waysOf,
} from './login/person.ts';
import type { Preparation } from './login/preparation.ts';
import { createReport, type Report } from './login/report.ts';
import type { LoginResult } from './login/result.ts';
import { assertWorkspace } from './login/workspace.ts';
import { type CallbackServer, openCallbackServer } from './loopback/callback-server.ts';
import { createAuthorizationRequest, type KnownClient } from './oauth/authorization-request.ts';
import { pinnedMetadata, type ServerMetadata } from './oauth/metadata.ts';
import type { AuthProfiles } from './store/profile-store.ts';
import { systemClock } from './system.ts';
import { startDeadline, unlessAborted } from './words/deadline.ts';
import { interruptionOf, StoreError, toLoginError } from './words/errors.ts';

export type { LoginOptions } from './login/options.ts';
export type { LoginResult } from './login/result.ts';

/**
 * Signs a person in and stores the credential: profile, its place in `order` and `lastGood` in one commit.
 * Prints nothing, ends no process and leaves nothing open. Progress comes through `onEvent`, `signal` stops it at any step.
 * @returns what was stored; `routable: false` is a result, not an error
 * @throws LoginError discriminated by `code`; nothing was stored then, unless it is a StoreError whose `outcome` is `unknown`
 */
export async function login(options: LoginOptions = {}): Promise<LoginResult> {
  const report = createReport(options.onEvent, options.clock ?? systemClock);
  const ended = new AbortController();
  let callback: CallbackServer<Answer> | undefined;
  let settings: LoginSettings | undefined;
  try {
    settings = await withDefaults(options);
    const { provider, store, signal, clock } = settings;
    signal.throwIfAborted();
    // A store behind another program may keep one waiting: whoever interrupts does not wait for it.
    const { state } = await unlessAborted(store.read(), signal);
    await unlessAborted(store.probe?.() ?? Promise.resolve(), signal);
    const metadata = pinnedMetadata(provider) ?? (await discover(settings, ended.signal));

    const demand = settings.paste === undefined && !settings.device ? 'demanded' : 'wanted';
    callback = await openCallbackServer<Answer>(provider.redirectUris, report.turnedAway, demand);
    report.emit({ type: 'listening', ...describeCallback(callback) });

    const request = createAuthorizationRequest(
      provider,
      metadata,
      callback.redirectUri,
      settings.randomBytes,
      provider.issuedClient && (await knownFrom(state, settings)),
    );
    const attempt = { request, metadata };
    expectAnswer(callback, attempt, settings);
    report.emit({ type: 'authorization_url', ...linksTo(request.url, callback) });
    const reachable = lookAhead(settings, metadata, report, ended.signal);
    showBrowser(request.url, callback, settings, report, ended.signal, reachable);
    const answered = new AbortController();
    const prepared = prepareLater(settings, metadata, callback.ready, {
      ended: ended.signal,
      answered: answered.signal,
    });

    const { firstAnswer, onlyFailing } = await import('./login/ways.ts');
    const answer = await firstAnswer(
      [...waysOf(callback, attempt, settings, report), onlyFailing(reachable)],
      settings,
    ).finally(() => answered.abort());
    if (answer.kind === 'failure') throw answer.error;
    const deadline = startDeadline(clock, settings.exchangeTimeoutMs, ended.signal);
    const { redeem, identify, recordGrant, eventsOf, judgeLogin } = await prepared;
    const grant = await redeem(answer, deadline);
    report.emit({ type: 'exchanged', scope: grant.scope, expires: grant.expires });
    const identity = await identify(grant, answer, deadline);
    assertWorkspace(identity, settings.workspaces);

    const recorded = await recordGrant(grant, identity, settings, report);
    for (const event of eventsOf(recorded)) report.emit(event);
    const result = await judgeLogin(recorded, identity, grant.expires, settings);

    const { gateway } = recorded;
    const gatewayHint = gateway?.state === 'stale' ? gateway.hint : undefined;
    const facts = { providerName: provider.displayName, ...result, routability: result, gatewayHint };
    await concludeSignedIn(callback, facts, cameBack(answer, attempt) ? 'here' : 'device');
    const { generation: _, retired: __, ...shown } = result;
    report.emit({ type: 'result', ok: true, ...shown });
    if (callback.hasAudience || callback.isBusy()) await linger(callback, settings, ended.signal);
    return result;
  } catch (thrown) {
    // An interruption says that nothing was stored: not where it may have been.
    const isUnknown = thrown instanceof StoreError && thrown.outcome === 'unknown';
    const error =
      options.signal?.aborted && !isUnknown ? interruptionOf(options.signal) : toLoginError(thrown);
    if (callback?.hasAudience) {
      const { failurePage } = await import('./loopback/pages.ts');
      callback.conclude(failurePage(error));
    }
    report.fail(error);
    if (callback?.hasAudience && settings) await linger(callback, settings, ended.signal);
    throw error;
  } finally {
    ended.abort();
    await callback?.close();
    await settings?.close();
  }
}

/** Where the callback is heard, or why nowhere. */
function describeCallback({ redirectUri, listener, unheard }: CallbackServer<Answer>) {
  const note = listener === undefined ? unheard?.summary : listener.note;
  const addresses = [...(listener?.addresses ?? [])];
  return { redirectUri, addresses, ...(note === undefined ? {} : { note }) };
}

/** The authorization URL, and a short one that leads there while somebody listens for it. */
function linksTo(url: string, callback: CallbackServer<Answer>): { url: string; shortUrl?: string } {
  return callback.listener === undefined ? { url } : { url, shortUrl: callback.startLink(url, 'always') };
}

/** Only a server that registers a client in the sign-in is told what it has issued before. */
async function knownFrom(state: AuthProfiles, settings: LoginSettings): Promise<KnownClient> {
  const { knownClient } = await import('./credential/issued-by.ts');
  return knownClient(state, settings);
}

/** Only a discovered server needs the OAuth library before its URL can be built. */
async function discover(settings: LoginSettings, ended: AbortSignal): Promise<ServerMetadata> {
  const { discoverMetadata } = await import('./oauth/configuration.ts');
  const deadline = startDeadline(settings.clock, settings.exchangeTimeoutMs, ended);
  return discoverMetadata(settings.provider, { ...settings, deadline });
}

async function lookAhead(
  settings: LoginSettings,
  { tokenEndpoint }: ServerMetadata,
  report: Report,
  ended: AbortSignal,
): Promise<void> {
  const { checkTheWay } = await import('./login/preflight.ts');
  await checkTheWay(tokenEndpoint, settings, report, ended);
}

/** What comes after the answer is loaded while the person signs in, and after what answers the browser: that one comes first. */
function prepareLater(
  settings: LoginSettings,
  metadata: ServerMetadata,
  ready: Promise<void>,
  { ended, answered }: { ended: AbortSignal; answered: AbortSignal },
): Promise<Preparation> {
  const signal = AbortSignal.any([settings.signal, ended]);
  const prepared = ready
    .then(() => import('./login/preparation.ts'))
    .then(({ prepare }) => prepare(settings, metadata, { signal, answered }));
  // A login that ends earlier never looks at it.
  prepared.catch(() => undefined);
  return prepared;
}
