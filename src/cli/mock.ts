/** `codex-login mock`: the mock authorization server as a program, until it is interrupted. */

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
      `Scenarios: ${Object.keys(scenarios).join(', ')}.`,
    );
  }
  const line = (type: string, fields: object) =>
    terminal.line({ v: 1, type, time: new Date(systemClock.now()).toISOString(), ...fields });
  const port = wholeNumber(options, 'port', 0, 65_535) ?? 0;
  const server = await startAuthorizationServer({
    port,
    approve,
    fixedPorts: options['fixed-ports'] ?? false,
    ...(scenario === undefined ? {} : { scenario: scenario as keyof typeof scenarios }),
    onExchange: (entry) => {
      if (terminal.json) line('request', { ...entry });
      else terminal.say(`${entry.method} ${entry.path} → ${entry.status}`);
    },
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall !== 'listen') throw error;
    throw usageError(
      `Port ${port} cannot be had (${error.code}).`,
      'Choose another --port, or leave it out for any free one.',
    );
  });
  try {
    if (terminal.json) line('ready', { issuer: server.issuer, clientId: server.clientId });
    else {
      terminal.answer(`Mock authorization server: ${server.issuer}`);
      terminal.say(
        `Try it: codex-login login --issuer ${server.issuer} --port 0 --store ./try.json\nCtrl-C ends it.`,
      );
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await server.close();
  }
  throw signal.reason;
}
