/**
 * The sentences for a way that ends early: which hop, why, who issued the certificate, which variable chose the proxy, and what
 * to do next. Pure: what happened is handed in.
 */

import { STATUS_CODES } from 'node:http';

import { ConnectionError, type Hop, isCertificateCode, isNameCode } from '../words/connection-error.ts';
import { duration } from '../words/deadline.ts';
import { foreignText } from '../words/redact.ts';
import type { HttpProxy } from './route.ts';

/** Where a way leads. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly proxy?: HttpProxy | undefined;
}

const OWN_NETWORK = 'Check the network and its name server; behind a proxy, set HTTPS_PROXY.';
const TRUST =
  "If that is your network's own authority, name its certificate with --ca-file <pem> or NODE_EXTRA_CA_CERTS; if you do not know it, use another network.";

/** A connection that could not be made, to the server or to the proxy. @param code the system's word */
export function unreachable(to: Destination, code: string): ConnectionError {
  const word = foreignText(code, 60);
  const { proxy } = to;
  const what = isNameCode(code) ? 'name' : 'connection';
  const mayPass = code !== 'ENOTFOUND';
  // Certain is what somebody said; EAI_AGAIN and ETIMEDOUT are that nobody said anything.
  const certain = /^(?:ENOTFOUND|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL)$/.test(code);
  const subject = proxy === undefined ? to.host : `the proxy ${proxy.shown}, which ${proxy.variable} names,`;
  const summary =
    what === 'name'
      ? `The name of ${subject} cannot be found (${word}).`
      : `${sentence(subject)} cannot be reached (${word}).`;
  const hint = proxy === undefined ? OWN_NETWORK : wayAround(to, proxy, 'Correct');
  return new ConnectionError(proxy === undefined ? what : `proxy-${what}`, {
    summary,
    hint,
    mayPass,
    certain,
  });
}

/** The proxy answered CONNECT with another status than 2xx (RFC 9110 §9.3.6). */
export function refusedByProxy(to: Destination, proxy: HttpProxy, status: number): ConnectionError {
  const phrase = STATUS_CODES[status] === undefined ? '' : ` ${STATUS_CODES[status]}`;
  return new ConnectionError('proxy', {
    summary: `The proxy ${proxy.shown} (${proxy.variable}) refused to connect to ${to.host}:${to.port}: ${status}${phrase}.`,
    hint:
      status === 407
        ? `${proxy.authorization === undefined ? 'It wants a user name and a password' : 'It does not take the user name and password that are there'}: set ${proxy.variable} to http://user:password@host:port, or list ${to.host} in NO_PROXY to go without the proxy.`
        : `Ask whoever runs the proxy to allow ${to.host}:${to.port}, or list ${to.host} in NO_PROXY to go without the proxy.`,
    mayPass: status >= 500,
  });
}

/** The connection ended while the proxy was asked, or the handshake was under way. */
export function brokeOff(hop: Hop, to: Destination, code: string): ConnectionError {
  const { proxy } = to;
  const who =
    hop === 'tls'
      ? `The TLS handshake with ${to.host}${through(proxy)}`
      : `The proxy ${proxy?.shown} (${proxy?.variable})`;
  return new ConnectionError(hop, {
    summary: `${who} broke off (${foreignText(code, 60)}).`,
    hint:
      proxy === undefined
        ? 'A firewall, a filter or a sign-in page of the network may stand between: open the server in a browser, and run the command again.'
        : wayAround(to, proxy, 'Check'),
    mayPass: true,
    certain: false,
  });
}

/** The certificate is not believed. @param issuer its issuer's name, where it could be read */
export function untrusted(
  hop: 'tls' | 'proxy-tls',
  to: Destination,
  code: string,
  issuer?: string,
): ConnectionError {
  const word = foreignText(code, 60);
  const certificateIssuer = issuer === undefined ? undefined : foreignText(issuer, 120);
  const by = certificateIssuer === undefined ? 'by somebody' : `by "${certificateIssuer}"`;
  const whose =
    hop === 'tls' ? `${to.host}${through(to.proxy)}` : `the proxy ${to.proxy?.shown} (${to.proxy?.variable})`;
  const [summary, hint] = /EXPIRED|NOT_YET_VALID/.test(code)
    ? [
        `The certificate of ${whose}, issued ${by}, is not valid at this time (${word}).`,
        "Check this machine's clock; if it is right, the server or what stands between has an old certificate.",
      ]
    : /ALTNAME/.test(code)
      ? [
          `The certificate of ${whose}, issued ${by}, is for another name (${word}).`,
          'Something else answers in its place, such as the sign-in page of a network: open the server in a browser, and run the command again.',
        ]
      : [`The certificate of ${whose} is issued ${by}, which is not trusted here (${word}).`, TRUST];
  return new ConnectionError(hop, { summary, hint, certificateIssuer });
}

/** A variable that names no proxy of ours. */
export function unusableProxy(to: Destination, variable: string, reason: string): ConnectionError {
  return new ConnectionError('proxy-settings', {
    summary: `${variable} ${reason}.`,
    hint: `Set ${variable} to http://host:port, or list ${to.host} in NO_PROXY to go without a proxy.`,
  });
}

/** No answer in time. @param hop where it was waited */
export function slow(hop: Hop, to: Destination, ms: number): ConnectionError {
  const { proxy } = to;
  const who =
    hop.startsWith('proxy') && proxy !== undefined
      ? `The proxy ${proxy.shown} (${proxy.variable})`
      : sentence(to.host);
  const doing = { name: 'its name was looked up', connection: 'connecting', tls: 'the TLS handshake' };
  const what =
    hop === 'proxy' ? `being asked for ${to.host}` : doing[hop.replace('proxy-', '') as keyof typeof doing];
  return new ConnectionError(hop, {
    summary: `${who} gave no sign within ${duration(ms)} (${what}).`,
    hint: proxy === undefined ? OWN_NETWORK : wayAround(to, proxy, 'Check'),
    mayPass: true,
    certain: false,
  });
}

/** What a handshake failed with: a certificate, or the conversation. */
export function handshakeFailure(
  hop: 'tls' | 'proxy-tls',
  to: Destination,
  code: string,
  issuer?: string,
): ConnectionError {
  return isCertificateCode(code) ? untrusted(hop, to, code, issuer) : brokeOff(hop, to, code);
}

function wayAround(to: Destination, { variable }: HttpProxy, verb: string): string {
  return `${verb} ${variable}, or list ${to.host} in NO_PROXY to go without the proxy.`;
}

function through(proxy: HttpProxy | undefined): string {
  return proxy === undefined ? '' : ` through the proxy ${proxy.shown} (${proxy.variable})`;
}

function sentence(text: string): string {
  return text.startsWith('the ') ? `T${text.slice(1)}` : text;
}
