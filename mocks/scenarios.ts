/**
 * The one table of named faults. It only gathers: each family of scenarios has its own file in `scenarios/`.
 */

import { authorizeScenarios } from './scenarios/authorize.ts';
import { deviceAuthorizationScenarios, devicePollScenarios } from './scenarios/device.ts';
import { idTokenScenarios } from './scenarios/id-token.ts';
import { discoveryScenarios, jwksScenarios, userinfoScenarios } from './scenarios/metadata.ts';
import { refreshScenarios } from './scenarios/refresh.ts';
import { revocationScenarios } from './scenarios/revocation.ts';
import { tokenScenarios } from './scenarios/token.ts';

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
