/**
 * The mock's remote control for tests in other languages: JSON over HTTP on a port of its own, never on the issuer's, so that a client
 * under test cannot meet it. It passes on what `AuthorizationServer` offers; who may ask is `control-guard`'s business.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { AuthorizationServer } from '../authorization-server.ts';
import type { VirtualClock } from '../clock.ts';
import type { Journal, JournalEntry } from '../journal/journal.ts';
import { findLeaks } from '../journal/leaks.ts';
import { conformanceNames } from '../scenarios/conformance-names.ts';
import { scenarios } from '../scenarios/table.ts';
import { strictness } from '../strictness/rules.ts';
import { readArguments } from './arguments.ts';
import { ControlError, checkControlRequest } from './guard.ts';

/** Which server is controlled over HTTP, and on which port. */
export interface ControlOptions {
  /** The server to control. */
  server: AuthorizationServer;
  /** 0 by default: a free one. */
  port?: number;
}

/** The control over HTTP, on a port of its own; its requests are in docs/testing.md. */
export interface Control {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends every open connection. */
  close(): Promise<void>;
  /** `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

type Arguments = Awaited<ReturnType<typeof readArguments>>;
type Operation = (server: AuthorizationServer, args: Arguments) => unknown;

/** Every operation by method and path, with what it does. */
export const controlOperations: Readonly<Record<string, { what: string; run: Operation }>> = {
  'GET /': {
    what: 'issuer, clientId, and the time of the server',
    run: ({ issuer, clientId, clock }) => ({ issuer, clientId, now: new Date(clock.now()).toISOString() }),
  },
  'GET /journal': {
    what: 'every exchange so far, oldest first; `after=<n>` leaves out the first n',
    run: ({ journal }, args) => ({
      entries: journal.entries.slice(Math.max(0, args.count('after', 0) - journal.forgotten)),
    }),
  },
  'GET /journal/wait': {
    what: 'the first exchange of `kind=<kind>` (or any), there already or to come; `after=<n>` as above',
    run: ({ journal }, args) => waitFor(journal, args),
  },
  'GET /tokens': {
    what: 'everything issued, with lineage and uses',
    run: ({ journal }) => ({
      tokens: journal.tokens().map((token) => ({ ...token, lineage: journal.lineageOf(token.label) })),
    }),
  },
  'GET /pending': {
    what: 'what waits for a decision (--approve manual)',
    run: ({ pending }) => ({ pending: pending() }),
  },
  'GET /scenarios': {
    what: 'every fault by name, what a client meets, and the names of conformance suites',
    run: () => ({
      scenarios: Object.fromEntries(Object.entries(scenarios).map(([name, one]) => [name, one.description])),
      conformanceNames,
    }),
  },
  'GET /strictness': {
    what: 'every strictness by name, with the rule it keeps',
    run: () => ({ strictness }),
  },
  'POST /scenarios': {
    what: 'arms the fault `name`: once, `times` times, for ever ("always"), or not any more (0)',
    run({ scenario }, args) {
      const times = args.value('times');
      scenario(args.text('name') as never, { times: times === 'always' ? Infinity : args.count('times', 1) });
      return {};
    },
  },
  'POST /approve': {
    what: 'signs in: answers the request that waits, or the next one; `account`, `workspace`; `userCode` for a device',
    run({ approve, device }, args) {
      const userCode = args.optionalText('userCode');
      const choice = args.choice();
      return userCode === undefined ? approve(choice) : void device.approve(userCode, choice);
    },
  },
  'POST /deny': {
    what: 'refuses, likewise',
    run({ deny, device }, args) {
      const userCode = args.optionalText('userCode');
      return userCode === undefined ? deny() : void device.deny(userCode);
    },
  },
  'POST /clock/advance': {
    what: 'moves the virtual clock on `by` "30s", "5m", "2h" or "10d" (--clock virtual)',
    run({ clock }, args) {
      const { advance } = clock as Partial<VirtualClock>;
      if (advance === undefined)
        throw new ControlError(409, 'The clock is real: start with --clock virtual.');
      advance(args.text('by'));
      return { now: new Date(clock.now()).toISOString() };
    },
  },
  'POST /leaks': {
    what: 'the secrets that show in `text`, by label',
    run: (server, args) => ({
      leaks: findLeaks(server, { texts: { text: args.text('text') } }).map(({ label, form }) => ({
        label,
        form,
      })),
    }),
  },
};

/**
 * A remote control that is ready.
 * @throws the system's error where the port is taken
 */
export async function startControl({ server, port = 0 }: ControlOptions): Promise<Control> {
  const http = createServer((request, response) => void answer(request, response, server));
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', resolve);
  });
  const bound = (http.address() as AddressInfo).port;
  const close = () =>
    new Promise<void>((resolve) => {
      http.close(() => resolve());
      http.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${bound}`, port: bound, close, [Symbol.asyncDispose]: close };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  server: AuthorizationServer,
): Promise<void> {
  try {
    checkControlRequest(request);
    const { pathname } = new URL(request.url ?? '/', 'http://control');
    const operation = controlOperations[`${request.method} ${pathname}`];
    if (operation === undefined)
      throw new ControlError(404, `There is ${Object.keys(controlOperations).join(', ')}.`);
    send(response, 200, (await operation.run(server, await readArguments(request))) ?? {});
  } catch (error) {
    const status = error instanceof ControlError ? error.status : error instanceof RangeError ? 400 : 500;
    send(response, status, { error: (error as Error).message });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(`${JSON.stringify(body)}\n`);
}

function waitFor({ entries, forgotten, until }: Journal, args: Arguments): Promise<JournalEntry> {
  const kind = args.optionalText('kind');
  const earlier = new Set(entries.slice(0, Math.max(0, args.count('after', 0) - forgotten)));
  return until((entry) => !earlier.has(entry) && (kind === undefined || entry.kind === kind));
}
