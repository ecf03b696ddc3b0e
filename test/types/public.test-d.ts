import { expect, expectTypeOf, test } from 'vitest';

import {
  type AuthorizationServer,
  guardSecrets,
  runProgram,
  type Strictness,
  startAuthorizationServer,
  type VirtualClock,
} from '../../mocks/index.ts';
import { test as withServer } from '../../mocks/vitest.ts';
import {
  type Credential,
  type ErrorCode,
  LoginError,
  type LoginEvent,
  type LoginResult,
  type LogoutResult,
  login,
  logout,
  requireCredential,
  resolveCredential,
} from '../../src/index.ts';
import { openFileStore, type ProfileStore } from '../../src/store/index.ts';

test('login takes a store, a listener and a signal, and nothing has to be given', () => {
  expectTypeOf(login).toBeCallableWith();
  expectTypeOf(login).toBeCallableWith({
    store: openFileStore('x'),
    onEvent: (event) => event.type,
    signal: new AbortController().signal,
  });
  expectTypeOf(login).returns.resolves.toEqualTypeOf<LoginResult>();
});

test('a result that is not routable says why', () => {
  const result = {} as LoginResult;
  if (!result.routable) expectTypeOf(result.reason).toEqualTypeOf<string>();
  expectTypeOf(result).not.toHaveProperty('access');
});

test('events are told apart by their type', () => {
  const event = {} as LoginEvent;
  if (event.type === 'committed') expectTypeOf(event.order).toEqualTypeOf<string[]>();
  if (event.type === 'error') expectTypeOf(event.exitCode).toEqualTypeOf<number>();
  // Whoever logs one as it is can pass it on.
  expectTypeOf(event).toExtend<Record<string, unknown>>();
});

test('errors are told apart by their code', () => {
  expectTypeOf(new LoginError('ERR_USAGE', { summary: '', hint: '' }).code).toEqualTypeOf<'ERR_USAGE'>();
  expectTypeOf<'ERR_ACCESS_DENIED'>().toExtend<ErrorCode>();
  expectTypeOf<'ERR_NO_SUCH_THING'>().not.toExtend<ErrorCode>();
});

test('a resolution has a credential only when it is resolved', async () => {
  const resolution = await resolveCredential({ store: {} as ProfileStore });
  if (resolution.status === 'resolved')
    expectTypeOf(resolution.credential.provider).toEqualTypeOf<string | undefined>();
  else expectTypeOf(resolution).not.toHaveProperty('credential');
});

test('a store of one’s own keeps the contract', () => {
  expectTypeOf(openFileStore).returns.toEqualTypeOf<ProfileStore>();
});

test('a credential is asked for with anything or nothing, and has its token', () => {
  expectTypeOf(requireCredential).toBeCallableWith();
  expectTypeOf(requireCredential).toBeCallableWith({ rejected: 'x', minTtlMs: 1, store: openFileStore('x') });
  expectTypeOf(requireCredential).returns.resolves.toEqualTypeOf<Credential>();
  expectTypeOf<Credential['accessToken']>().toEqualTypeOf<string>();
  expectTypeOf<Credential['expires']>().toEqualTypeOf<number | undefined>();
});

test('a logout says of each token what the server said, and its result has none', () => {
  const result = {} as LogoutResult;
  expectTypeOf(logout).returns.resolves.toEqualTypeOf<LogoutResult>();
  if (result.refreshToken && !result.refreshToken.revoked)
    expectTypeOf(result.refreshToken.reason).toEqualTypeOf<string>();
  expectTypeOf(result).not.toHaveProperty('access');
});

test('names of the mock are literals: strictness, faults, those of conformance suites', () => {
  expectTypeOf<'pkce-required'>().toExtend<Strictness>();
  expectTypeOf<'pkce'>().not.toExtend<Strictness>();
  expectTypeOf(startAuthorizationServer).toBeCallableWith({ lenient: ['redirect-uri-exact'] });
  expectTypeOf(startAuthorizationServer).toBeCallableWith({ scenario: 'oidcc-client-test-invalid-iss' });
  const server = {} as AuthorizationServer;
  expectTypeOf(server.scenario).parameter(0).not.toEqualTypeOf<string>();
  expectTypeOf(server.approve).toBeCallableWith({ account: 'robin@example.com', workspace: 'x' });
});

test('a virtual clock can be moved on, and only that one', async () => {
  const virtual = await startAuthorizationServer({ clock: 'virtual' });
  expectTypeOf(virtual.clock).toEqualTypeOf<VirtualClock>();
  const real = await startAuthorizationServer();
  expectTypeOf(real.clock).not.toHaveProperty('advance');
});

test('the matchers are typed by their import, and what a program did goes to the guard as it is', async () => {
  const server = {} as AuthorizationServer;
  expectTypeOf(expect(server).toHaveExchangedOnce).toEqualTypeOf<() => void>();
  expectTypeOf(expect(server).not.toHaveRefusedBy).toBeCallableWith('R-7636-3');
  expectTypeOf(expect(server).toHaveLineage).parameter(1).toEqualTypeOf<readonly string[]>();
  guardSecrets(server, await runProgram(server, ['node', '--version']));
});

withServer('the fixture is a server', ({ authorizationServer }) => {
  expectTypeOf(authorizationServer).toEqualTypeOf<AuthorizationServer>();
});
