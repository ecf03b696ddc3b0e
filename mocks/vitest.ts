/**
 * The mock inside vitest: its matchers, registered and typed by the import alone, and a fixture that starts a server for a test and
 * closes it. The one place in mocks that knows vitest, which is a peer dependency and optional.
 */

import { test as base, expect } from 'vitest';

import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from './authorization-server.ts';
import { type MockMatchers, matchers } from './journal/matchers.ts';

export { type GuardedPlaces, guardSecrets, type Leak, SecretLeakError } from './journal/leaks.ts';
export { type MatcherResult, type MockMatchers, matchers } from './journal/matchers.ts';
export { type ProgramOptions, type ProgramRun, runProgram } from './person/program.ts';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: a declaration is merged with one that has these very parameters.
  interface Matchers<T = any> extends MockMatchers {}
}

expect.extend(matchers);

/** What the fixture adds to a test. */
export interface MockFixtures {
  /** What the server is started with; `test.extend({ authorizationServerOptions: { … } })` says otherwise. */
  authorizationServerOptions: AuthorizationServerOptions;
  /** A server of this test alone, started when the test asks for it. */
  authorizationServer: AuthorizationServer;
}

/** vitest's `test` with a server: `test('…', async ({ authorizationServer }) => { … })`. */
export const test = base.extend<MockFixtures>({
  authorizationServerOptions: {},
  authorizationServer: async ({ authorizationServerOptions }, use) => {
    await using server = await startAuthorizationServer(authorizationServerOptions);
    await use(server);
  },
});
