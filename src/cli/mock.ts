/** `codex-login mock`: the mock authorization server as a program, until it is interrupted. */

import { openaiCodex } from '../provider/openai-codex.ts';
import { systemClock } from '../system.ts';
import { LoginError } from '../words/errors.ts';
import type { MockLine } from '../words/events.ts';
import { usageError, wholeNumber } from './arguments.ts';
import type { Invocation } from './commands.ts';
import { mockOptions } from './mock-options.ts';

type Testing = typeof import('codex-login/testing');
type Server = Awaited<ReturnType<Testing['startAuthorizationServer']>>;
type Front = Awaited<ReturnType<Testing['startTlsFront']>>;
type Control = Awaited<ReturnType<Testing['startControl']>>;

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  const testing = await import('codex-login/testing');
  const { serverOptions, tunnelScenario } = mockOptions(options, testing);
  const line = (fields: MockLine) => terminal.line(fields);
  const iso = (time: number) => new Date(time).toISOString();
  const port = wholeNumber(options, 'port', 0, 65_535) ?? 0;
  const controlPort = wholeNumber(options, 'control-port', 0, 65_535);
  let wanted = port;
  let control: Control | undefined;
  let server: Server | undefined;
  let front: Front | undefined;
  try {
    server = await testing.startAuthorizationServer({
      // With a front the port that matters is the proxy's.
      port: options['tls-front'] ? 0 : port,
      ...(options['tls-front'] ? { issuer: openaiCodex.issuer } : {}),
      ...serverOptions,
      onExchange: ({ time, ...entry }) => {
        if (terminal.json) line({ v: 1, type: 'request', time: iso(time), ...entry });
        else terminal.say(`${entry.method} ${entry.path} → ${entry.status}`);
      },
    });
    if (options['tls-front'])
      front = await testing.startTlsFront({
        server,
        port,
        ...(tunnelScenario === undefined ? {} : { scenario: tunnelScenario }),
        onTunnel: ({ time, ...entry }) => {
          if (terminal.json) line({ v: 1, type: 'tunnel', time: iso(time), ...entry });
          else terminal.say(`${entry.method} ${entry.target} → ${entry.status} (${entry.outcome})`);
        },
      });
    if (controlPort !== undefined) {
      wanted = controlPort;
      control = await testing.startControl({ server, port: controlPort });
    }
    const { issuer, clientId } = server;
    if (terminal.json) {
      const extra = {
        ...(control === undefined ? {} : { controlUrl: control.url }),
        ...(front === undefined ? {} : { environment: front.environment }),
      };
      line({ v: 1, type: 'ready', time: iso(systemClock.now()), issuer, clientId, ...extra });
    } else {
      sayWhere(invocation, issuer, front);
      if (control !== undefined) terminal.say(`Control: ${control.url}`);
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } catch (thrown) {
    throw (thrown as NodeJS.ErrnoException | undefined)?.syscall === 'listen'
      ? portTaken(wanted, thrown)
      : thrown;
  } finally {
    await control?.close();
    await front?.close();
    await server?.close();
  }
  throw stopped(signal.reason);
}

function sayWhere({ terminal }: Invocation, issuer: string, front: Front | undefined): void {
  if (front === undefined) {
    terminal.answer(`Mock authorization server: ${issuer}`);
    terminal.say(`Try it: codex-login login --issuer ${issuer} --port 0 --store ./try.json\nCtrl-C ends it.`);
    return;
  }
  const variables = Object.entries(front.environment).map(([name, value]) => `export ${name}='${value}'`);
  terminal.answer(variables.join('\n'));
  terminal.say(
    `Mock authorization server: stands in for ${issuer} in every program that has these variables, and only in those.\nTry it in a shell that has them: codex-login login --store ./try.json\nCtrl-C ends it.`,
  );
}

function portTaken(port: number, thrown: unknown): LoginError {
  return usageError(
    `Port ${port} cannot be had (${(thrown as NodeJS.ErrnoException).code}).`,
    'Choose another --port, or leave it out for any free one.',
  );
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
  const { scenarios, tunnelScenarios } = await import('codex-login/testing');
  return [
    ...Object.entries(scenarios).map(([name, { description }]) => [name, description] as const),
    ...Object.entries(tunnelScenarios).map(
      ([name, description]) => [name, `with --tls-front: ${description}`] as const,
    ),
  ];
}
