/**
 * The one table of named faults. It only gathers: each family of scenarios has its own file in `scenarios/`.
 */

import { authorizeScenarios } from './authorize.ts';
import { deviceAuthorizationScenarios, devicePollScenarios } from './device.ts';
import { idTokenScenarios } from './id-token.ts';
import { discoveryScenarios, jwksScenarios, userinfoScenarios } from './metadata.ts';
import { refreshScenarios } from './refresh.ts';
import { revocationScenarios } from './revocation.ts';
import { tokenScenarios } from './token.ts';

/** Every scenario by its name: where it shows, and one sentence on what a client meets. */
export const scenarios = {
  ...authorizeScenarios,
  ...tokenScenarios,
  ...idTokenScenarios,
  ...jwksScenarios,
  ...discoveryScenarios,
  ...refreshScenarios,
  ...revocationScenarios,
  ...deviceAuthorizationScenarios,
  ...devicePollScenarios,
  ...userinfoScenarios,
} as const;

/** The name of a scenario, e.g. `token-hang`. */
export type ScenarioName = keyof typeof scenarios;
