/**
 * The way to the authorization server: can it be reached, does its clock agree with ours, and what in the environment bends it.
 * It asks for public keys or metadata, never for a token, and sends nothing that is secret.
 */

import { readFileSync } from 'node:fs';
import type { ProviderProfile } from '../provider/provider.ts';
import { readConnectionFailure } from '../words/connection-error.ts';
import { startDeadline, unlessAborted } from '../words/deadline.ts';
import { type Finding, finding } from '../words/findings.ts';
import type { Clock, Environment, Fetch } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';

/** How long the server may take to answer. */
const ANSWER_WITHIN_MS = 5_000;
/** ID tokens are granted a minute. */
const SKEW_GRANTED_MS = 60_000;

export interface NetworkContext {
  readonly provider: ProviderProfile;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly environment: Environment;
  /** Whether a request to the server is due soon: what stands in its way is then more than worth knowing. */
  readonly urgent: boolean;
  /** Finds the hop at which the way ends; its words are better than the system's. */
  readonly preflight?:
    | ((url: string, signal?: AbortSignal) => Promise<{ ok: boolean; summary?: string; hint?: string }>)
    | undefined;
  /** Ends the wait for the server. */
  readonly interrupt?: AbortSignal | undefined;
}

export async function findOnTheWay(context: NetworkContext): Promise<Finding[]> {
  const answer = await findInAnswer(context);
  return [...answer, ...findInEnvironment(context)];
}

async function findInAnswer(context: NetworkContext): Promise<Finding[]> {
  const { provider, fetch, clock, urgent, interrupt } = context;
  const { issuer, endpoints } = provider;
  const url =
    issuer + (endpoints.kind === 'pinned' ? endpoints.jwksUri : '/.well-known/openid-configuration');
  const severity = urgent ? 'warning' : 'info';
  const done = new AbortController();
  const limit = startDeadline(clock, ANSWER_WITHIN_MS, done.signal).signal;
  const signal = interrupt ? AbortSignal.any([limit, interrupt]) : limit;
  const asked = clock.now();
  try {
    const response = await unlessAborted(
      fetch(url, { method: 'GET', redirect: 'manual', signal, headers: { accept: 'application/json' } }),
      signal,
    );
    const answered = clock.now();
    await response.body?.cancel().catch(() => undefined);
    const refused = finding('issuer-refuses', {
      subject: issuer,
      severity,
      message: `The authorization server answers with status ${response.status}.`,
      reason:
        'Signing in and refreshing may fail in the same way: for a region that is not served, a blocked network, or a fault of the server.',
      remedy: `open ${url} in a browser, and try again later`,
    });
    return [
      ...(response.status >= 400 ? [refused] : []),
      ...findSkew(response.headers, issuer, (asked + answered) / 2),
    ];
  } catch (thrown) {
    interrupt?.throwIfAborted();
    const slow = signal.aborted ? `no answer within ${ANSWER_WITHIN_MS / 1000} s` : undefined;
    const told = await explain(url, thrown, context);
    return [
      finding('issuer-unreachable', {
        subject: issuer,
        severity,
        message: `The authorization server cannot be reached${told ? `: ${told.summary}` : ` (${slow ?? whatFailed(thrown)}).`}`,
        reason: 'A sign-in, and the refresh of a token that is about to expire, need it.',
        remedy: told?.hint ?? 'check the network, a proxy or a firewall, and run codex-login doctor again',
      }),
    ];
  } finally {
    done.abort();
  }
}

/** The hop, its reason and the remedy, where that can be found out. */
async function explain(
  url: string,
  thrown: unknown,
  { preflight, interrupt }: NetworkContext,
): Promise<{ summary: string; hint: string } | undefined> {
  const { error } = readConnectionFailure(thrown);
  if (error) return error;
  const { summary, hint } = (await preflight?.(url, interrupt)) ?? {};
  return summary === undefined || hint === undefined ? undefined : { summary, hint };
}

function findSkew(headers: Headers, subject: string, now: number): Finding[] {
  const date = Date.parse(headers.get('date') ?? '');
  // A cache answers with the date of long ago, and says for how long it has had it.
  const age = Number(headers.get('age') ?? 0) * 1000;
  const skew = now - (date + (Number.isFinite(age) ? age : 0));
  if (!Number.isFinite(skew) || Math.abs(skew) <= SKEW_GRANTED_MS) return [];
  const seconds = Math.round(Math.abs(skew) / 1000).toLocaleString('en-US');
  return [
    finding('clock-skew', {
      subject,
      message: `The clock of this machine is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} the authorization server's.`,
      reason: 'Tokens look expired, or not yet valid; a minute is granted.',
      remedy: 'set the clock, or have it kept: timedatectl set-ntp true',
    }),
  ];
}

/** The layer that failed, in a few words, and the system's code for it. */
function whatFailed(thrown: unknown): string {
  const codes = [thrown, thrown instanceof Error ? thrown.cause : undefined].flatMap((one) =>
    one instanceof Error && 'code' in one ? [String(one.code)] : [],
  );
  const code = foreignText(codes.at(-1) ?? 'no reason given', 60);
  if (/^(?:ENOTFOUND|EAI_)/.test(code)) return `its name is not known here: ${code}`;
  if (/CERT|SIGNATURE|SSL|TLS|ISSUER/.test(code)) return `its certificate is not believed: ${code}`;
  return `no connection: ${code}`;
}

function findInEnvironment({ environment }: NetworkContext): Finding[] {
  const found: Finding[] = [];
  const bundle = environment.NODE_EXTRA_CA_CERTS?.trim();
  if (bundle && !holdsCertificate(bundle))
    found.push(
      finding('ca-file-missing', {
        subject: 'NODE_EXTRA_CA_CERTS',
        message: `NODE_EXTRA_CA_CERTS names ${bundle}, which is no readable file with a certificate.`,
        reason: 'Node.js goes on without it, and certificates that need it are not believed.',
        remedy: 'correct the variable, or unset NODE_EXTRA_CA_CERTS',
      }),
    );
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    found.push(
      finding('tls-unverified', {
        subject: 'NODE_TLS_REJECT_UNAUTHORIZED',
        message: 'Node.js checks no certificate: NODE_TLS_REJECT_UNAUTHORIZED is 0.',
        reason:
          'codex-login checks them all the same; OpenClaw does not, and whoever is on the way can read the tokens that it sends.',
        remedy: 'unset NODE_TLS_REJECT_UNAUTHORIZED',
      }),
    );
  return found;
}

function holdsCertificate(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes('-----BEGIN ');
  } catch {
    return false;
  }
}
