/**
 * A connection that fails: the hop it failed at, as an error, and what the system's own word for it means.
 * It says what happened; who asks again, and who gives up, is decided where the request is made.
 */

import { type ErrorDetails, LoginError } from './errors.ts';
import { foreignText } from './redact.ts';

/** Where the way to a server can end, in the order in which it is gone. */
export const HOPS = [
  'proxy-settings',
  'proxy-name',
  'proxy-connection',
  'proxy-tls',
  'proxy',
  'name',
  'connection',
  'tls',
] as const;
/** A step on the way to a server, in the order in which it is gone; docs/network.md has each. */
export type Hop = (typeof HOPS)[number];

/** The way to a server ended before a request was sent: nothing was used up. */
export class ConnectionError extends LoginError<'ERR_NETWORK'> {
  readonly hop: Hop;
  /** Who issued the certificate that is not believed; escaped and cut. */
  readonly certificateIssuer?: string;
  /** Whether another attempt, right away, may fare better. */
  readonly mayPass: boolean;
  /** Whether a request by the same way would fail as well: not known after a time-out, or where the connection broke off. */
  readonly certain: boolean;

  constructor(
    hop: Hop,
    details: ErrorDetails & {
      certificateIssuer?: string | undefined;
      mayPass?: boolean | undefined;
      certain?: boolean | undefined;
    },
  ) {
    super('ERR_NETWORK', details);
    this.hop = hop;
    this.mayPass = details.mayPass ?? false;
    this.certain = details.certain ?? true;
    if (details.certificateIssuer !== undefined) this.certificateIssuer = details.certificateIssuer;
  }
}

/** What can be told of a request that had no answer. */
export interface ConnectionFailure {
  /** The error with its own words, where the way was ours. */
  readonly error?: ConnectionError;
  /** The system's word, e.g. `ECONNRESET`; escaped and cut. */
  readonly code?: string;
  readonly hop?: Extract<Hop, 'name' | 'connection' | 'tls'>;
  /** Whether it is certain that no byte of the request was sent. */
  readonly nothingSent: boolean;
  readonly mayPass: boolean;
}

/** Reads what a fetch rejected with, whoever's fetch it was: error, causes, and the first of several. */
export function readConnectionFailure(thrown: unknown): ConnectionFailure {
  const chain = chainOf(thrown);
  const error = chain.find((one) => one instanceof ConnectionError);
  if (error !== undefined) return { error, nothingSent: true, mayPass: error.mayPass };
  const coded = chain.find((one) => 'code' in one && typeof one.code === 'string') as
    | NodeJS.ErrnoException
    | undefined;
  if (coded?.code === undefined) return { nothingSent: false, mayPass: false };
  const code = foreignText(coded.code, 60);
  if (isCertificateCode(code)) return { code, hop: 'tls', nothingSent: true, mayPass: false };
  // The system call says more than its error: `connect` and `getaddrinfo` come before the first byte.
  const { syscall } = coded;
  const hop =
    syscall === 'getaddrinfo' || isNameCode(code) ? 'name' : syscall === 'connect' ? 'connection' : undefined;
  const early = syscall === 'getaddrinfo' || syscall === 'connect' || code === 'UND_ERR_CONNECT_TIMEOUT';
  const refused = code === 'ECONNREFUSED' ? 'connection' : undefined;
  const where = hop ?? refused;
  return { code, ...(where === undefined ? {} : { hop: where }), nothingSent: early, mayPass: early };
}

/** Words for a certificate that is not believed: chain, time, name. */
export function isCertificateCode(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|ISSUER/.test(code);
}

export function isNameCode(code: string): boolean {
  return /^(?:ENOTFOUND|EAI_)/.test(code);
}

function chainOf(thrown: unknown): Error[] {
  const chain: Error[] = [];
  for (let one = thrown; one instanceof Error && chain.length < 6; one = one.cause) {
    const inner = one instanceof AggregateError ? one.errors[0] : undefined;
    chain.push(...(inner instanceof Error ? [inner, one] : [one]));
  }
  return chain;
}
