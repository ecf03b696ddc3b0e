/**
 * A fetch whose connections go the way that was chosen for them. Loaded only where Node.js's own would not do as it is: it knows no
 * proxy before Node.js 24, and no further authority at all.
 */

import type { Agent as AgentType } from 'undici';

import { systemFetch } from '../system.ts';
import type { Fetch } from '../words/ports.ts';
import type { openWay } from './way.ts';

export interface TunnelledFetch {
  readonly fetch: Fetch;
  /** Ends every connection; requests under way fail. */
  close(): Promise<void>;
}

/** What makes requests, and what keeps their connections. */
interface Client {
  readonly fetch: (url: string | URL, init: object) => Promise<Response>;
  readonly Agent: typeof AgentType;
}

/** @param open a connection to this URL's server, ready for the first byte of a request */
export async function openTunnelledFetch(
  open: (url: string) => ReturnType<typeof openWay>,
): Promise<TunnelledFetch> {
  const { fetch, Agent } = clientOfNode() ?? (await clientOfPackage());
  const agent = new Agent({
    connect({ protocol, host }, callback) {
      open(`${protocol}//${host}`).then(
        (socket) => callback(null, socket),
        (thrown) => callback(thrown as Error, null),
      );
    },
  });
  const send = (url: string | URL, init: RequestInit) => fetch(url, { ...init, dispatcher: agent });
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

/**
 * The client that Node.js has in it is undici, too, and is loaded with the first Response. How its Agent can be had is not documented:
 * where it is not found there, or somebody has put another dispatcher in its place, it is the package, which takes 50 ms and 25 MB more.
 */
function clientOfNode(): Client | undefined {
  void new Response();
  const { constructor: Agent } = (globalThis as Dispatching)[DISPATCHER] ?? {};
  return Agent?.name === 'Agent' ? { fetch: systemFetch, Agent: Agent as typeof AgentType } : undefined;
}

const DISPATCHER = Symbol.for('undici.globalDispatcher.1');
type Dispatching = { readonly [DISPATCHER]?: object };

/** @see https://undici.nodejs.org */
async function clientOfPackage(): Promise<Client> {
  const { Agent, fetch } = await import('undici');
  return { Agent, fetch: fetch as unknown as Client['fetch'] };
}
