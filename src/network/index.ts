/**
 * The network as it is here: which proxy, which certificates, and a fetch that goes by both. What it needs is loaded when it is
 * needed: without a proxy and without a certificate file that is nothing, and the fetch is Node.js's own.
 */

import type { LookupFunction } from 'node:net';
import { systemClock, systemEnvironment, systemFetch } from '../system.ts';
import type { Clock, Environment, Fetch } from '../words/ports.ts';
import type { Preflight } from './preflight.ts';
import { proxyVariable, routeTo } from './route.ts';
import type { TunnelledFetch } from './tunnelled-fetch.ts';

export type { Preflight } from './preflight.ts';

/** What decides how servers are reached; nothing of it: the environment alone. */
export interface NetworkOptions {
  /** Where proxies are named: HTTPS_PROXY, ALL_PROXY, HTTP_PROXY, NO_PROXY. Default: the process's environment. */
  environment?: Environment | undefined;
  /** A PEM file of authorities to believe on top of those that Node.js believes. */
  caFile?: string | undefined;
  /** For requests that need neither. Default: Node.js's own. */
  fetch?: Fetch | undefined;
  /** How names are looked up on the ways of its own, as `net.connect` takes it. Default: the system's way. */
  lookup?: LookupFunction | undefined;
  clock?: Clock | undefined;
}

/** A way to servers, by proxy and certificates as they were read. Whoever opened it closes it. */
export interface Network {
  /** Goes through the proxy that the environment names for a URL; this machine itself is always reached directly. */
  readonly fetch: Fetch;
  /**
   * Whether the way to this URL's server is open: name, proxy, TLS. Sends no request, takes three seconds at most.
   * @throws `signal.reason`
   */
  preflight(url: string, signal?: AbortSignal): Promise<Preflight>;
  /** Ends the connections that it opened. */
  close(): Promise<void>;
}

/**
 * Reads the settings; connects to nothing yet.
 * @throws LoginError `ERR_USAGE` where `caFile` cannot be used
 */
export async function openNetwork(options: NetworkOptions = {}): Promise<Network> {
  const {
    environment = systemEnvironment,
    fetch = systemFetch,
    clock = systemClock,
    caFile,
    lookup,
  } = options;
  const closed = new AbortController();
  const trust = caFile === undefined ? undefined : await loadTrust(caFile, environment);
  // Node.js's own fetch does neither, and with NODE_USE_ENV_PROXY it would send what is for this machine through a proxy as well.
  // With this variable it would take every certificate; ours does not.
  const unchecked = environment.NODE_TLS_REJECT_UNAUTHORIZED === '0';
  const plain = trust === undefined && proxyVariable(environment) === undefined && !unchecked;
  const wayTo = (url: string) => ({ url: new URL(url), route: routeTo(url, environment), trust, lookup });
  let tunnelled: Promise<TunnelledFetch> | undefined;

  const openFetch = async () => {
    const [{ openWay }, { openTunnelledFetch }] = await Promise.all([
      import('./way.ts'),
      import('./tunnelled-fetch.ts'),
    ]);
    return await openTunnelledFetch((url) => openWay({ ...wayTo(url), signal: closed.signal }));
  };
  return {
    async fetch(input, init) {
      if (plain) return fetch(input, init);
      tunnelled ??= openFetch();
      return (await tunnelled).fetch(input, init);
    },
    async preflight(url, signal) {
      const { lookAhead } = await import('./preflight.ts');
      const limit = signal === undefined ? closed.signal : AbortSignal.any([closed.signal, signal]);
      return lookAhead(wayTo(url), { clock, signal: limit });
    },
    async close() {
      closed.abort();
      await (await tunnelled?.catch(() => undefined))?.close();
    },
  };
}

async function loadTrust(caFile: string, environment: Environment) {
  const { readCaFile, trustWith } = await import('./trust.ts');
  return trustWith(readCaFile(caFile), environment);
}
