/** `codex-login mock`: the mock authorization server as a program, until it is interrupted. */

import { LoginError } from '../errors.ts';
import type { MockLine } from '../events.ts';
import { systemClock } from '../system.ts';
import { usageError, wholeNumber } from './arguments.ts';
import type { Invocation } from './commands.ts';

export async function run({ options, terminal, signal }: Invocation): Promise<number> {
  const { scenarios, startAuthorizationServer } = await import('codex-login/testing');
  const { approve = 'auto', scenario } = options;
  if (approve !== 'auto' && approve !== 'page')
    throw usageError('--approve takes auto or page.', 'Example: --approve page');
  if (scenario !== undefined && !Object.hasOwn(scenarios, scenario)) {
    throw usageError(
      'There is no scenario of that name.',
      `Scenarios: ${Object.keys(scenarios).join(', ')}. See codex-login mock --help for what each does.`,
    );
  }
  const line = (fields: MockLine) => terminal.line(fields);
  const iso = (time: number) => new Date(time).toISOString();
  const port = wholeNumber(options, 'port', 0, 65_535) ?? 0;
  const server = await startAuthorizationServer({
    port,
    approve,
    fixedPorts: options['fixed-ports'] ?? false,
    ...(scenario === undefined ? {} : { scenario: scenario as keyof typeof scenarios }),
    onExchange: ({ time, ...entry }) => {
      if (terminal.json) line({ v: 1, type: 'request', time: iso(time), ...entry });
      else terminal.say(`${entry.method} ${entry.path} → ${entry.status}`);
    },
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall !== 'listen') throw error;
    throw usageError(
      `Port ${port} cannot be had (${error.code}).`,
      'Choose another --port, or leave it out for any free one.',
    );
  });
  const { issuer, clientId } = server;
  try {
    if (terminal.json) line({ v: 1, type: 'ready', time: iso(systemClock.now()), issuer, clientId });
    else {
      terminal.answer(`Mock authorization server: ${issuer}`);
      terminal.say(
        `Try it: codex-login login --issuer ${issuer} --port 0 --store ./try.json\nCtrl-C ends it.`,
      );
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await server.close();
  }
  throw stopped(signal.reason);
}

/** The end that a person asked for, in this command's words. */
function stopped(reason: unknown): unknown {
  if (!(reason instanceof LoginError)) return reason;
  return new LoginError(reason.code, {
    summary: 'The mock authorization server has stopped.',
    hint: 'What it issued is worth nothing any more; start it again when you need it.',
  });
}

/** Every scenario with what a client meets: the end of `mock --help`. */
export async function scenarioLines(): Promise<readonly (readonly [name: string, what: string])[]> {
  const { scenarios } = await import('codex-login/testing');
  return Object.entries(scenarios).map(([name, { description }]) => [name, description] as const);
}
