/**
 * What a server says when it issues a device code, read with mistrust (RFC 8628 §3.2): what is shown to a person, and
 * how long and how often to ask. Pure.
 */

import { isLoopbackUrl } from '../provider/overrides.ts';
import type { EpochMs } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';

/** RFC 8628 §3.2: where the server names none. */
const DEFAULT_INTERVAL_SECONDS = 5;
/** A server that names less, names nothing: it would be asked without a pause. */
const SHORTEST_INTERVAL_SECONDS = 1;
/** OpenAI's, and what is assumed where the server does not say. */
const DEFAULT_LIFETIME_SECONDS = 15 * 60;
const LONGEST_LIFETIME_SECONDS = 24 * 60 * 60;
const LONGEST_USER_CODE = 64;
const LONGEST_URI = 2048;

/** A code that a person can read and type as it is; undefined for anything that would have to be changed to be shown. */
export function readUserCode(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const code = value.trim();
  return code !== '' && foreignText(code, LONGEST_USER_CODE) === code ? code : undefined;
}

/** Seconds between two polls: a number or a numeric string (OpenAI's), at least one; five where there is neither. */
export function readInterval(value: unknown): number {
  const seconds = readNumber(value);
  return seconds === undefined ? DEFAULT_INTERVAL_SECONDS : Math.max(seconds, SHORTEST_INTERVAL_SECONDS);
}

/**
 * Seconds that a code lives: `expires_in`, or until `expires_at` (OpenAI's: ISO 8601) by the server's own clock; a
 * quarter of an hour where neither makes sense, a day at most.
 * @param serverNow the time that the answer is dated
 */
export function readLifetime(members: Readonly<Record<string, unknown>>, serverNow: EpochMs): number {
  const { expires_in, expires_at } = members;
  const until = typeof expires_at === 'string' ? (Date.parse(expires_at) - serverNow) / 1000 : undefined;
  const seconds = readNumber(expires_in) ?? readNumber(until);
  return Math.min(Math.floor(seconds ?? DEFAULT_LIFETIME_SECONDS), LONGEST_LIFETIME_SECONDS);
}

/**
 * The address of the page to visit, in its plain ASCII form; undefined where a person must not be sent there (RFC 8628
 * §5.4): it is not https (or on this machine, where the issuer is there too), or off the issuer's domain. The issuer's
 * domain is its host, what is below it, and what it is below; a neighbour under the same parent is somebody else.
 */
export function readVerificationUri(value: unknown, issuer: string): string | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_URI || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return undefined;
  const local = isLoopbackUrl(issuer);
  if (url.protocol !== 'https:' && !(local && url.protocol === 'http:')) return undefined;
  const allowed = local ? isLoopbackUrl(url.href) : isSameDomain(url.hostname, new URL(issuer).hostname);
  return allowed ? url.href : undefined;
}

function isSameDomain(host: string, issuerHost: string): boolean {
  const above = host.includes('.') && issuerHost.endsWith(`.${host}`);
  return host === issuerHost || host.endsWith(`.${issuerHost}`) || above;
}

function readNumber(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' ? Number.parseFloat(value) : Number.NaN;
  return Number.isFinite(number) && number > 0 ? number : undefined;
}
