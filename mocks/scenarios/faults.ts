/**
 * Which scenario is due at which endpoint: armed ones in the order they were armed, then the standing one.
 * It counts; what a scenario does, its hooks decide.
 */

import { type ConformanceName, conformanceNames } from './conformance-names.ts';
import type { Scenario, ScenarioEndpoint } from './scenario.ts';
import { type ScenarioName, scenarios } from './table.ts';

export interface Faults {
  /**
   * Arms a scenario for its endpoint's next `times` requests; Infinity makes it the standing one, 0 takes
   * it away. A lasting scenario stays whatever `times` says, unless that is 0.
   */
  arm(name: ScenarioName | ConformanceName, times: number): void;
  /**
   * The scenarios for one request, counted as met: the first that waits at the first of these endpoints to
   * have one, and the lasting ones.
   */
  take(...endpoints: ScenarioEndpoint[]): readonly Scenario[];
  /** The names of those that were met since this was last asked. */
  met(): ScenarioName[];
}

const NAMES = new Map<Scenario, ScenarioName>(
  Object.entries(scenarios).map(([name, scenario]) => [scenario, name as ScenarioName]),
);

/** No faults yet. */
export function createFaults(): Faults {
  let waiting: { scenario: Scenario; times: number }[] = [];
  const standing = new Map<ScenarioEndpoint, Scenario>();
  const lasting = new Set<Scenario>();
  let met = new Set<ScenarioName>();

  function takeAt(endpoint: ScenarioEndpoint): Scenario | undefined {
    const first = waiting.find(({ scenario }) => scenario.endpoint === endpoint);
    if (first === undefined) return standing.get(endpoint);
    first.times -= 1;
    if (first.times === 0) waiting = waiting.filter((other) => other !== first);
    return first.scenario;
  }

  function firstOf(endpoints: readonly ScenarioEndpoint[]): readonly Scenario[] {
    for (const endpoint of endpoints) {
      const due = takeAt(endpoint);
      if (due !== undefined) return [due];
    }
    return [];
  }

  function disarm(scenario: Scenario): void {
    waiting = waiting.filter((armed) => armed.scenario !== scenario);
    if (standing.get(scenario.endpoint) === scenario) standing.delete(scenario.endpoint);
    lasting.delete(scenario);
  }

  return {
    arm(name, times) {
      const scenario: Scenario = scenarioOf(name);
      if (times !== Infinity && !(Number.isInteger(times) && times >= 0)) {
        throw new RangeError('A scenario is armed a whole number of times, or Infinity.');
      }
      if (times === 0) disarm(scenario);
      else if (scenario.lasting) lasting.add(scenario);
      else if (times === Infinity) standing.set(scenario.endpoint, scenario);
      else waiting.push({ scenario, times });
    },
    take(...endpoints) {
      const due = [...firstOf(endpoints), ...lasting];
      for (const scenario of due) {
        const name = NAMES.get(scenario);
        if (name !== undefined && showsAt(scenario, endpoints)) met.add(name);
      }
      return due;
    },
    met() {
      const names = [...met];
      met = new Set();
      return names;
    },
  };
}

/** By its own name, or by the one that a conformance suite has for it. */
function scenarioOf(name: ScenarioName | ConformanceName): Scenario {
  const own = Object.hasOwn(conformanceNames, name) ? conformanceNames[name as ConformanceName] : name;
  if (Object.hasOwn(scenarios, own)) return scenarios[own as ScenarioName];
  throw new RangeError(`There is no scenario of the name ${name}.`);
}

/** A lasting scenario is everywhere; it is met where it has something to say. */
function showsAt(scenario: Scenario, endpoints: readonly ScenarioEndpoint[]): boolean {
  if (endpoints.includes(scenario.endpoint)) return true;
  const [endpoint] = endpoints;
  if (endpoint === 'authorize') return scenario.redirect !== undefined;
  if (endpoint === 'id-token') return scenario.sign !== undefined;
  if (endpoint === 'discovery') return scenario.metadata !== undefined;
  return endpoint === 'jwks' && scenario.publishedKeys !== undefined;
}
