/** What `status` and `order` print in zod, and a running mock; and the list of all lines that are no event of a login. */

import { z } from 'zod';

import type { MockReady, MockRequest, MockTunnel, OrderResult, StatusResult } from '../events/answers.ts';
import { agreed } from './agreed.ts';
import { logoutResult, tokenResult } from './credential.ts';
import { doctorResult, findingEvent } from './doctor.ts';
import { base, succeeded } from './envelope.ts';
import { storeResult } from './store.ts';
import { synchronizeEventSchema, synchronizeResult } from './synchronize.ts';

const orderSource = z
  .enum(['store', 'auth.order', 'auth.profiles', 'default'])
  .describe('who decides the order: the store, openclaw.json (two ways), or nobody');

const statusResult = agreed<StatusResult>()(
  z.object({
    ...succeeded,
    provider: z.string(),
    store: z.string(),
    generation: z.string(),
    orderSource,
    order: z.array(z.string()).describe('the ids that would be tried, in their sequence'),
    selected: z.string().optional().describe('the id tried first; missing: nothing is usable'),
    profiles: z.array(
      z.object({
        profileId: z.string(),
        stored: z.boolean(),
        routable: z.boolean(),
        reason: z.string().optional().describe('why it is not routable'),
        selected: z.boolean(),
        credential: z.string().optional().describe('oauth, token or api_key'),
        expires: z.number().optional().describe('milliseconds since the Unix epoch'),
        email: z.string().optional(),
        plan: z.string().optional(),
        unusableUntil: z
          .number()
          .optional()
          .describe('tried last until then: a cooldown, in milliseconds since the epoch'),
        dead: z.string().optional().describe("the server's word that the login is over: sign in again"),
        verified: z
          .union([z.boolean(), z.literal('unknown')])
          .optional()
          .describe('with --verify: whether its server has just refreshed it'),
        verification: z.string().optional().describe('with --verify: why not'),
      }),
    ),
  }),
);

const orderResult = agreed<OrderResult>()(
  z.object({
    ...succeeded,
    provider: z.string(),
    store: z.string(),
    stored: z.boolean().describe('whether the store has an order of its own'),
    order: z.array(z.string()).describe('that order; without one, what would be tried'),
    orderSource,
  }),
);

const mockReady = agreed<MockReady>()(
  z.object({
    ...base,
    type: z.literal('ready'),
    issuer: z.url().describe('where the mock authorization server listens: what --issuer takes'),
    clientId: z.string(),
    controlUrl: z.url().optional().describe('with --control-port: where the server is controlled over HTTP'),
    environment: z
      .record(z.string(), z.string())
      .optional()
      .describe('with --tls-front: the variables of a program that shall meet the mock under the real name'),
  }),
);

const mockTunnel = agreed<MockTunnel>()(
  z.object({
    ...base,
    type: z.literal('tunnel'),
    method: z.string(),
    target: z.string().describe('name:port, as the proxy was asked for it'),
    status: z.int().describe('of the proxy; 0 where it answers nothing'),
    outcome: z.string().describe('tunnel, refused: another name, connect-407, tls-unknown-ca, …'),
  }),
);

const mockRequest = agreed<MockRequest>()(
  z.object({
    ...base,
    type: z.literal('request'),
    kind: z.string().describe('what it was for: authorization, code-exchange, refresh, revocation, …'),
    method: z.string(),
    path: z.string(),
    status: z.int().describe('of the answer; 0 where none is ever sent'),
    grantType: z.string().optional(),
    parameters: z
      .record(z.string(), z.string())
      .describe('query or body; secrets as labels: code#1, state#2'),
    outcome: z.string().describe('in a few words: issued, invalid_grant: pkce, …'),
    rule: z.string().optional().describe('where it was refused: the rule that was kept, such as R-7636-3'),
    strictness: z.string().optional().describe('the same by the name that --lenient takes'),
    scenarios: z.array(z.string()).optional().describe('the faults that it met'),
    issued: z.array(z.string()).optional().describe('what was issued to it, as labels'),
  }),
);

export const answers = [
  statusResult,
  orderResult,
  tokenResult,
  logoutResult,
  synchronizeEventSchema,
  synchronizeResult,
  findingEvent,
  doctorResult,
  storeResult,
  mockReady,
  mockRequest,
  mockTunnel,
] as const;
