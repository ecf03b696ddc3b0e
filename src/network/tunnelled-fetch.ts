/**
 * A fetch (undici) whose connections go the way that was chosen for them. Loaded only where Node.js's own fetch would not do: it
 * knows no proxy before Node.js 24, and no further authority at all.
 */

import { Agent, fetch as undiciFetch } from 'undici';

import type { Fetch } from '../words/ports.ts';
import type { openWay } from './way.ts';

export interface TunnelledFetch {
  readonly fetch: Fetch;
  /** Ends every connection; requests under way fail. */
  close(): Promise<void>;
}

/** @param open a connection to this URL's server, ready for the first byte of a request */
export function openTunnelledFetch(open: (url: string) => ReturnType<typeof openWay>): TunnelledFetch {
  const agent = new Agent({
    connect({ protocol, host }, callback) {
      open(`${protocol}//${host}`).then(
        (socket) => callback(null, socket),
        (thrown) => callback(thrown as Error, null),
      );
    },
  });
  const send = (url: string | URL, init: RequestInit) =>
    undiciFetch(url, { ...init, dispatcher: agent } as Parameters<
      typeof undiciFetch
    >[1]) as unknown as Promise<Response>;
  return {
    async fetch(input, init = {}) {
      if (!(input instanceof Request)) return send(input, init);
      // The two fetches do not know each other's classes: what a Request holds is taken out of it.
      const request = new Request(input, init);
      const { url, method, headers, redirect, signal } = request;
      const body = method === 'GET' || method === 'HEAD' ? null : await request.arrayBuffer();
      return send(url, { method, headers: [...headers], redirect, signal, body });
    },
    close: () => agent.destroy(),
  };
}
