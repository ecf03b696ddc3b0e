import { expectTypeOf, test } from 'vitest';

import {
  type ErrorCode,
  LoginError,
  type LoginEvent,
  type LoginResult,
  login,
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
