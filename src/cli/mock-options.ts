/** What `codex-login mock` was asked for, checked against the names that the mock has: its server's options. It starts nothing. */

import { usageError } from './arguments.ts';
import type { Invocation } from './commands.ts';

type Testing = typeof import('codex-login/testing');
type ServerOptions = NonNullable<Parameters<Testing['startAuthorizationServer']>[0]>;
type Named<Key extends keyof ServerOptions> = NonNullable<ServerOptions[Key]>;

interface MockOptions {
  readonly serverOptions: ServerOptions;
  /** With a front: a fault of the way to the server. */
  readonly tunnelScenario?: keyof Testing['tunnelScenarios'];
}

/** @throws LoginError `ERR_USAGE` for a name that there is not */
export function mockOptions(options: Invocation['options'], testing: Testing): MockOptions {
  const { approve = 'auto', clock, lenient = '', profile = 'openai-codex' } = options;
  if (approve !== 'auto' && approve !== 'page' && approve !== 'manual')
    throw usageError('--approve takes auto, page or manual.', 'Example: --approve page');
  if (clock !== undefined && clock !== 'virtual')
    throw usageError('--clock takes virtual.', 'Leave it out for the time of this machine.');
  const names = lenient.split(',').filter((name) => name !== '');
  const stranger = names.find((name) => !Object.hasOwn(testing.strictness, name));
  if (stranger !== undefined)
    throw usageError(
      'There is no strictness of that name.',
      `Names: ${Object.keys(testing.strictness).join(', ')}.`,
    );
  if (!Object.hasOwn(testing.profiles, profile))
    throw usageError(
      'There is no profile of that name.',
      `Profiles: ${Object.keys(testing.profiles).join(', ')}.`,
    );
  const { scenario, tunnelScenario } = scenarioOf(options, testing);
  return {
    serverOptions: {
      approve,
      fixedPorts: options['fixed-ports'] ?? false,
      profile: profile as Named<'profile'>,
      lenient: names as Named<'lenient'>,
      ...(clock === undefined ? {} : { clock }),
      ...(scenario === undefined ? {} : { scenario }),
    },
    ...(tunnelScenario === undefined ? {} : { tunnelScenario }),
  };
}

/** The named fault, of the server or, with a front, of the way to it. */
function scenarioOf({ scenario, 'tls-front': withFront }: Invocation['options'], testing: Testing) {
  const { scenarios, conformanceNames, tunnelScenarios } = testing;
  if (scenario === undefined) return {};
  if (Object.hasOwn({ ...scenarios, ...conformanceNames }, scenario))
    return { scenario: scenario as Named<'scenario'> };
  if (withFront && Object.hasOwn(tunnelScenarios, scenario))
    return { tunnelScenario: scenario as keyof typeof tunnelScenarios };
  throw usageError(
    'There is no scenario of that name.',
    `Scenarios: ${[...Object.keys(scenarios), ...Object.keys(tunnelScenarios)].join(', ')}. See codex-login mock --help for what each does.`,
  );
}
