/** A device authorization against the mock, with a clock that goes on by itself. */

import { onTestFinished } from 'vitest';

import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  type ScenarioName,
  startAuthorizationServer,
} from '../../mocks/index.ts';
import type { Authorized } from '../../src/oauth/authorized.ts';
import { discoverMetadata } from '../../src/oauth/configuration.ts';
import {
  type DeviceAuthorization,
  requestDeviceAuthorization,
} from '../../src/oauth/device-authorization.ts';
import { pinnedMetadata } from '../../src/oauth/metadata.ts';
import { openaiCodex } from '../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../src/provider/overrides.ts';
import type { LoginError } from '../../src/words/errors.ts';
import type { Fetch } from '../../src/words/ports.ts';
import { createDrivenClock } from './driven-clock.ts';
import { expectNoSecret } from './sign-in.ts';

export type Protocol = 'openai' | 'rfc8628';
export const PROTOCOLS: readonly Protocol[] = ['openai', 'rfc8628'];

export interface DeviceOptions extends AuthorizationServerOptions {
  /** How often the scenario is met; once by default. */
  times?: number;
  /** Milliseconds that the clock here is ahead of the server's. */
  aheadMs?: number;
  fetch?: Fetch;
}

const POLLS = /^(?:\/api\/accounts\/deviceauth\/token|\/oauth\/token)$/;

/** A server, and everything that a device authorization is asked for with. */
export async function setUpDevice(protocol: Protocol, options: DeviceOptions = {}) {
  const { scenario, times = 1, aheadMs = 0, ...serverOptions } = options;
  // openid-client reads the real clock, and a real token is checked by it.
  const start = Math.floor(Date.now() / 1000) * 1000;
  const clock = createDrivenClock(start);
  const server = await startAuthorizationServer({
    clock: { now: () => clock.now() - aheadMs },
    ...serverOptions,
    onExchange: ({ outcome }) => {
      if (outcome === 'no answer') clock.release();
    },
  });
  onTestFinished(() => server.close());
  const { issuer, clientId } = server;
  const provider = overrideProvider(openaiCodex, {
    issuer,
    ...(protocol === 'rfc8628' ? { discover: true, clientId } : {}),
  });
  const interruption = new AbortController();
  const { signal } = interruption;
  const fetch = clock.watch(options.fetch ?? globalThis.fetch);
  const forever = { signal: new AbortController().signal, ms: 30_000 };
  const metadata =
    pinnedMetadata(provider) ?? (await discoverMetadata(provider, { fetch, signal, deadline: forever }));
  if (scenario) server.scenario(scenario, { times });
  const deadline = limitOf(30_000);
  return {
    server,
    clock,
    interruption,
    context: { provider, metadata, fetch, clock, signal, deadline },
    /** When each poll was sent, in seconds from the start. */
    polls: () => pollTimes(server, start),
    start,
    forever,
  };

  function limitOf(ms: number) {
    const over = new AbortController();
    clock.sleep(ms, signal).then(
      () => over.abort(),
      () => undefined,
    );
    return { signal: over.signal, ms };
  }
}

function pollTimes({ journal }: AuthorizationServer, start: number): number[] {
  const entries = journal.entries.filter(
    ({ path, grantType }) => POLLS.test(path) && grantType !== 'authorization_code',
  );
  return entries.map(({ time }) => (time - start) / 1000);
}

/** The scenario met by the request for a code, and the error that it leads to. */
export async function refusedCode(protocol: Protocol, scenario: ScenarioName): Promise<LoginError> {
  const { context, server } = await setUpDevice(protocol, { scenario });
  const error = await requestDeviceAuthorization(context).then(
    () => {
      throw new Error('A code was issued.');
    },
    (thrown: LoginError) => thrown,
  );
  expectNoSecret(server, [error]);
  return error;
}

/** Asks for a code, polls to the end, and looks for leaks. */
export async function runDevice(protocol: Protocol, options: DeviceOptions = {}) {
  const { polls, ...run } = await setUpDevice(protocol, options);
  const { context, server } = run;
  const device: DeviceAuthorization = await requestDeviceAuthorization(context);
  const outcome: { answer?: Authorized; error?: LoginError } = await device.approved(context.signal).then(
    (answer) => ({ answer }),
    (error: LoginError) => ({ error }),
  );
  expectNoSecret(server, [device, outcome.error]);
  return { ...run, device, polls: polls(), ...outcome };
}
