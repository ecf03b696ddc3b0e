/**
 * The way to the authorization server: can it be reached, does its clock agree with ours, and what in the environment bends it.
 * It asks for public keys or metadata, never for a token, and sends nothing that is secret.
 */

import { readFileSync } from 'node:fs';

import { startDeadline, unlessAborted } from '../deadline.ts';
import { type Finding, finding } from '../findings.ts';
import type { Clock, Environment, Fetch } from '../ports.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import { foreignText } from '../redact.ts';

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
  /** Ends the wait for the server. */
  readonly interrupt?: AbortSignal | undefined;
}

export async function findOnTheWay(context: NetworkContext): Promise<Finding[]> {
  const answer = await findInAnswer(context);
  const reached = !answer.some(({ id }) => id === 'issuer-unreachable');
  return [...answer, ...findInEnvironment(context, reached)];
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
    return [
      finding('issuer-unreachable', {
        subject: issuer,
        severity,
        message: `The authorization server cannot be reached (${signal.aborted ? `no answer within ${ANSWER_WITHIN_MS / 1000} s` : whatFailed(thrown)}).`,
        reason: 'A sign-in, and the refresh of a token that is about to expire, need it.',
        remedy: 'check the network, a proxy or a firewall, and run codex-login doctor again',
      }),
    ];
  } finally {
    done.abort();
  }
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

function findInEnvironment({ provider, environment, urgent }: NetworkContext, reached: boolean): Finding[] {
  const found: Finding[] = [];
  const proxy = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].find((name) =>
    environment[name]?.trim(),
  );
  const usesProxy = environment.NODE_USE_ENV_PROXY === '1' && hasProxySupport();
  if (proxy !== undefined && !usesProxy && provider.issuer.startsWith('https:'))
    found.push(
      finding('proxy-ignored', {
        subject: proxy,
        severity: !reached && urgent ? 'warning' : 'info',
        message: `${proxy} is set, and this Node.js does not use it.`,
        reason: 'Requests to the authorization server go out directly; behind a proxy they get nowhere.',
        remedy: hasProxySupport()
          ? 'NODE_USE_ENV_PROXY=1 codex-login'
          : 'use Node.js 24 or later with NODE_USE_ENV_PROXY=1, or let this machine reach the server directly',
      }),
    );
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
        message: 'Certificates are not checked: NODE_TLS_REJECT_UNAUTHORIZED is 0.',
        reason: 'Whoever is on the way can read the tokens of a sign-in.',
        remedy: 'unset NODE_TLS_REJECT_UNAUTHORIZED',
      }),
    );
  return found;
}

function hasProxySupport(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 21);
}

function holdsCertificate(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes('-----BEGIN ');
  } catch {
    return false;
  }
}
