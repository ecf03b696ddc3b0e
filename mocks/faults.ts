/**
 * Which scenario is due at which endpoint: armed ones in the order they were armed, then the standing one.
 * It counts; what a scenario does, its hooks decide.
 */

import type { Scenario, ScenarioEndpoint } from './scenario.ts';
import { type ScenarioName, scenarios } from './scenarios.ts';

export interface Faults {
  /**
   * Arms a scenario for its endpoint's next `times` requests; Infinity makes it the standing one, 0 takes
   * it away. A lasting scenario stays whatever `times` says, unless that is 0.
   */
  arm(name: ScenarioName, times: number): void;
  /**
   * The scenarios for one request, counted as met: the first that waits at the first of these endpoints to
   * have one, and the lasting ones.
   */
  take(...endpoints: ScenarioEndpoint[]): readonly Scenario[];
}

/** No faults yet. */
export function createFaults(): Faults {
  let waiting: { scenario: Scenario; times: number }[] = [];
  const standing = new Map<ScenarioEndpoint, Scenario>();
  const lasting = new Set<Scenario>();

  function takeAt(endpoint: ScenarioEndpoint): Scenario | undefined {
    const first = waiting.find(({ scenario }) => scenario.endpoint === endpoint);
    if (first === undefined) return standing.get(endpoint);
    first.times -= 1;
    if (first.times === 0) waiting = waiting.filter((other) => other !== first);
    return first.scenario;
  }

  function disarm(scenario: Scenario): void {
    waiting = waiting.filter((armed) => armed.scenario !== scenario);
    if (standing.get(scenario.endpoint) === scenario) standing.delete(scenario.endpoint);
    lasting.delete(scenario);
  }

  return {
    arm(name, times) {
      const scenario: Scenario = scenarios[name];
      if (times !== Infinity && !(Number.isInteger(times) && times >= 0)) {
        throw new RangeError('A scenario is armed a whole number of times, or Infinity.');
      }
      if (times === 0) disarm(scenario);
      else if (scenario.lasting) lasting.add(scenario);
      else if (times === Infinity) standing.set(scenario.endpoint, scenario);
      else waiting.push({ scenario, times });
    },
    take(...endpoints) {
      for (const endpoint of endpoints) {
        const due = takeAt(endpoint);
        if (due !== undefined) return [due, ...lasting];
      }
      return [...lasting];
    },
  };
}
