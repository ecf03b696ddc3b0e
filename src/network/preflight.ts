/**
 * A look at the way to a server, before anybody is asked to sign in there: name, proxy, CONNECT, TLS. It sends no request to the
 * server and takes three seconds at most. It tells what it found; whether a login goes on, the login decides.
 */

import { ConnectionError, type Hop } from '../words/connection-error.ts';
import { startDeadline } from '../words/deadline.ts';
import type { Clock } from '../words/ports.ts';
import { slow } from './failure.ts';
import type { HttpProxy } from './route.ts';
import { destinationOf, openWay, type WayOptions } from './way.ts';

/** How long the look may take. */
const PREFLIGHT_MS = 3_000;
/** What may pass is tried again after these. */
const PAUSES_MS = [250, 750] as const;

/** The proxy that a way goes through. */
export type Via = Pick<HttpProxy, 'variable' | 'shown'>;

/** Whether the way to a server is open, and if not, at which hop it ends and whether a request would certainly fail. */
export type Preflight =
  | { readonly ok: true; readonly via?: Via }
  | {
      readonly ok: false;
      /** Where the way ended. */
      readonly hop: Hop;
      /** What happened there, in one sentence; the proxy and the variable that chose it, and the certificate's issuer, are in it. */
      readonly summary: string;
      /** The next step, in one sentence. */
      readonly hint: string;
      readonly certificateIssuer?: string;
      readonly via?: Via;
      /** The same as an error, where a request would certainly fail too: not so after a time-out, or where it broke off. */
      readonly error?: ConnectionError;
    };

/** Goes the way once, and again where that may help. @throws `signal.reason` where that is not ours */
export async function lookAhead(
  way: Omit<WayOptions, 'signal' | 'onHop'>,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Preflight> {
  const done = new AbortController();
  const deadline = startDeadline(clock, PREFLIGHT_MS, done.signal);
  const limit = AbortSignal.any([signal, deadline.signal]);
  const via = way.route.kind === 'proxy' ? { via: shownVia(way.route.proxy) } : {};
  let hop: Hop = 'connection';
  let failure: ConnectionError | undefined;
  try {
    for (const pauseMs of [0, ...PAUSES_MS]) {
      if (pauseMs > 0) await clock.sleep(pauseMs, limit);
      try {
        const socket = await openWay({
          ...way,
          signal: limit,
          onHop: (next) => {
            hop = next;
          },
        });
        socket.destroy();
        return { ok: true, ...via };
      } catch (thrown) {
        if (!(thrown instanceof ConnectionError)) throw thrown;
        failure = thrown;
        if (!failure.mayPass) break;
      }
    }
  } catch (thrown) {
    if (signal.aborted || !deadline.signal.aborted) throw thrown;
    // What an earlier attempt found says more than that the next one did not end.
    failure ??= slow(hop, destinationOf(way), PREFLIGHT_MS);
  } finally {
    done.abort();
  }
  const error = failure as ConnectionError;
  const { summary, hint, certificateIssuer } = error;
  return {
    ok: false,
    hop: error.hop,
    summary,
    hint,
    ...(certificateIssuer === undefined ? {} : { certificateIssuer }),
    ...via,
    ...(error.certain ? { error } : {}),
  };
}

function shownVia({ variable, shown }: HttpProxy): Via {
  return { variable, shown };
}
