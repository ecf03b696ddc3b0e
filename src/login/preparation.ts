/**
 * What an answer will need, made ready while the person signs in: everything that comes after it is loaded, the signing keys are
 * fetched, and what can be is rehearsed, because code that runs for the first time takes three times as long: the exchange up to the
 * signature, and the recording from a made-up grant to the page. A rehearsal reads, and sends no request but for the keys, stores
 * nothing and tells nobody.
 */

import { bearing } from '../agents/follow-login.ts';
import { successPage } from '../loopback/pages.ts';
import type { ServerMetadata } from '../oauth/metadata.ts';
import { openRedemption, type Redemption } from '../oauth/redemption.ts';
import { openMemoryStore } from '../store/memory-store.ts';
import type { LoginSettings } from './options.ts';
import { recordGrant } from './record-grant.ts';
import { createReport } from './report.ts';
import { eventsOf, judgeLogin } from './result.ts';

/** The steps from the answer to the page. */
export interface Preparation extends Pick<Redemption, 'redeem' | 'identify'> {
  readonly recordGrant: typeof recordGrant;
  readonly eventsOf: typeof eventsOf;
  readonly judgeLogin: typeof judgeLogin;
}

/** Whoever answers sooner, in milliseconds, is no person, and would wait for the rehearsal. */
const REHEARSE_AFTER_MS = 250;

/** Nothing waits for what is still under way when it returns. @param signals `signal` ends that as well; `answered`: no rehearsal any more */
export function prepare(
  settings: LoginSettings,
  metadata: ServerMetadata,
  { signal, answered }: { signal: AbortSignal; answered: AbortSignal },
): Preparation {
  const { redeem, identify, rehearse } = openRedemption({ ...settings, metadata, signal });
  settings.clock
    .sleep(REHEARSE_AFTER_MS, answered)
    .then(() => Promise.allSettled([rehearse(), rehearseRecording(settings)]))
    // The answer was there first, or the login was over.
    .catch(() => undefined);
  return { redeem, identify, recordGrant, eventsOf, judgeLogin };
}

/** From the grant to the page, into a copy of the store that is forgotten, and with nobody who could be told. */
async function rehearseRecording(settings: LoginSettings): Promise<void> {
  const { provider, clock, followers } = settings;
  const { state } = await settings.store.read();
  const store = openMemoryStore({ clock, initial: state });
  const nobody = { store, followers: undefined, gateway: undefined, onEvent: () => undefined };
  const alone: LoginSettings = { ...settings, ...nobody, profileId: undefined };
  const made = 'rehearsal';
  const grant = { accessToken: made, refreshToken: made, scope: made, expires: clock.now(), clientId: made };
  const identity = { accountId: made, email: made, profileId: `${provider.id}:${made}` };
  const recorded = await recordGrant(grant, identity, alone, createReport(alone.onEvent, clock));
  const result = await judgeLogin(recorded, identity, grant.expires, alone);
  successPage({ providerName: provider.displayName, ...result, routability: result });
  // Read only: what the other agents have to say.
  await bearing(followers, provider.id);
}
