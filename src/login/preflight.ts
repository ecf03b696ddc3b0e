/**
 * Whether the authorization server can be reached, found out while the person reads and before a browser opens. It tells what
 * was found, and ends the login only where the exchange would certainly fail as well; how to look, `network` knows.
 */

import type { LoginSettings } from './options.ts';
import type { Report } from './report.ts';

/**
 * Looks once. Resolves, three seconds later at most, where the login may go on: also where nobody is about to be sent anywhere,
 * because a person who opens the page by hand may wait for the network to come back.
 * @throws ConnectionError `ERR_NETWORK`: a sign-in would be in vain
 */
export async function checkTheWay(
  endpoint: string,
  { preflight, signal, openUrl }: LoginSettings,
  report: Report,
  ended: AbortSignal,
): Promise<void> {
  // A caller's own fetch goes ways that we do not know.
  if (preflight === undefined) return;
  const limit = AbortSignal.any([signal, ended]);
  const found = await preflight(endpoint, limit).catch(() => undefined);
  if (found === undefined || limit.aborted) return;
  const { via } = found;
  const through = via === undefined ? {} : { via: `${via.shown} (${via.variable})` };
  if (found.ok) {
    if (via !== undefined) report.emit({ type: 'network', ok: true, ...through });
    return;
  }
  const { hop, summary, hint, error } = found;
  const isFinal = error !== undefined && openUrl !== false;
  const end = isFinal ? { final: true as const } : {};
  report.emit({ type: 'network', ok: false, ...end, hop, summary, hint, ...through });
  if (isFinal) throw error;
}
