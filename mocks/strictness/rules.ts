/**
 * Everything the mock is strict about, as data: the rule that each strictness keeps, and what a server without it does.
 * It decides nothing: whoever refuses a request names the entry, and `lenient` switches entries off by name.
 */

import { clientRules } from './client.ts';
import { profileRules } from './profile.ts';
import { trapRules } from './traps.ts';

/** One thing that is refused. */
export interface StrictRule {
  /** As `spec/STANDARDS.md` of codex-login numbers it, e.g. `R-7636-3`; the section of a standard where there is no number. */
  readonly rule: string;
  /** Where it stands, e.g. `RFC 7636 §4.3`. */
  readonly source: string;
  /** One sentence: what is refused. */
  readonly strict: string;
  /** What happens instead where it is switched off. */
  readonly lenient: string;
  /**
   * A trap: not a malformed request but one that only comes where a fault went unnoticed, e.g. a code that was delivered with a
   * wrong `state` and is exchanged all the same.
   */
  readonly trap?: true;
}

/** Every strictness by its name. */
export const strictness = { ...clientRules, ...profileRules, ...trapRules } as const;

/** The name of a strictness, as `lenient` takes it, e.g. `pkce-required`. */
export type Strictness = keyof typeof strictness;

/** Whether a strictness is in force. */
export type Strict = (name: Strictness) => boolean;

/**
 * All of them in force, but for these.
 * @throws RangeError for a name that is none
 */
export function strictBut(lenient: readonly Strictness[]): Strict {
  const unknown = lenient.find((name) => !Object.hasOwn(strictness, name));
  if (unknown !== undefined) throw new RangeError(`There is no strictness of the name ${unknown}.`);
  const off = new Set(lenient);
  return (name) => !off.has(name);
}

/** The number of the rule that a strictness keeps. */
export function ruleOf(name: Strictness): string {
  return strictness[name].rule;
}
