/** The events of a login in zod. `events` has the types; neither may say what the other does not. */

import { z } from 'zod';

import { HOPS } from '../connection-error.ts';
import type { LoginEvent } from '../events.ts';
import { agreed } from './agreed.ts';
import { base, succeeded } from './envelope.ts';

const portNumber = z.int().min(1).max(65_535);
const epochMs = z.int().describe('milliseconds since the Unix epoch');

/** The sockets are bound: nothing was opened before this. */
const listening = z.object({
  ...base,
  type: z.literal('listening'),
  redirectUri: z.url(),
  addresses: z.array(z.object({ address: z.string(), port: portNumber })),
  note: z.string().optional().describe('a port that was taken, or an address family that is missing'),
});

/** The one event that carries `state` (inside the URL), because the person needs it to sign in. */
const authorizationUrl = z.object({
  ...base,
  type: z.literal('authorization_url'),
  url: z.url(),
  shortUrl: z
    .url()
    .optional()
    .describe('loopback link that redirects to url, as often as it is opened while the login waits'),
});

const browser = z.object({
  ...base,
  type: z.literal('browser'),
  opened: z.boolean(),
  reason: z.string().optional().describe('why no browser was opened'),
});

/** What was found on the way to the server, before a browser opens: a fault, or the proxy that is used. */
const network = z.object({
  ...base,
  type: z.literal('network'),
  ok: z.boolean().describe('false: see summary'),
  final: z
    .literal(true)
    .optional()
    .describe('the login ends with it, because it would certainly fail: its error follows'),
  via: z.string().optional().describe('the proxy, and in brackets the variable that names it'),
  hop: z.enum(HOPS).optional().describe('where the way ended'),
  summary: z.string().optional().describe('what happened there'),
  hint: z.string().optional().describe('what to do about it'),
});

const deviceCode = z.object({
  ...base,
  type: z.literal('device_code'),
  verificationUri: z.url(),
  verificationUriComplete: z.url().optional().describe('the same with the code filled in'),
  userCode: z.string(),
  expiresIn: z.int().describe('seconds'),
});

/** The wait goes on; `reason` says that a stray or hostile request was turned away. */
const waiting = z.object({
  ...base,
  type: z.literal('waiting'),
  reason: z.string().optional(),
  following: z
    .int()
    .nullable()
    .optional()
    .describe(
      'the pid of another sign-in whose events follow; null: it has gone, and this one goes on by itself',
    ),
});

const exchanged = z.object({ ...base, type: z.literal('exchanged'), scope: z.string(), expires: epochMs });

const committed = z.object({
  ...base,
  type: z.literal('committed'),
  agent: z
    .string()
    .optional()
    .describe('another agent whose store follows this login; missing for the store of the login itself'),
  store: z.string(),
  generation: z
    .string()
    .describe('A to D: which layout of OpenClaw; "file" or "memory" for a store of the caller\'s own'),
  profileId: z.string(),
  order: z.array(z.string()),
  lastGood: z.string(),
  retired: z.array(z.string()).optional().describe('profiles of the same account that this login replaced'),
});

const gateway = z.object({
  ...base,
  type: z.literal('gateway'),
  state: z.enum(['absent', 'reloaded', 'stale']),
  hint: z.string().optional(),
});

const result = z.object({
  ...succeeded,
  profileId: z.string(),
  accountId: z.string().optional(),
  email: z.string().optional(),
  plan: z.string().optional(),
  expires: epochMs,
  store: z.string(),
  order: z.array(z.string()),
  lastGood: z.string(),
  routable: z.boolean(),
  reason: z.string().optional().describe('why the stored profile would not be used'),
  hint: z.string().optional().describe('what to do about reason, or a thing worth knowing'),
  agents: z
    .array(
      z.object({
        agent: z.string(),
        store: z.string(),
        routable: z.boolean(),
        reason: z.string().optional(),
        hint: z.string().optional(),
      }),
    )
    .optional()
    .describe('every other agent that had something of its own to say about the provider'),
  gateway: z.enum(['absent', 'reloaded', 'stale']).optional(),
});

const error = z.object({
  ...base,
  type: z.literal('error'),
  ok: z.literal(false),
  code: z.string().regex(/^ERR_[A-Z_]+$/),
  message: z.string(),
  hint: z.string(),
  exitCode: z.int(),
});

export const loginEventSchema = agreed<LoginEvent>()(
  z.discriminatedUnion('type', [
    listening,
    authorizationUrl,
    network,
    browser,
    deviceCode,
    waiting,
    exchanged,
    committed,
    gateway,
    result,
    error,
  ]),
);
