/** How the tables of strictness are written. It holds none of them. */

import type { StrictRule } from './rules.ts';

/** A table whose names stay literal in its type. */
export function strictnessTable<Name extends string>(
  table: Record<Name, StrictRule>,
): Readonly<Record<Name, StrictRule>> {
  return table;
}
