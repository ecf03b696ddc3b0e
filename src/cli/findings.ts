/** Findings as a person reads them, and counted. What is told beside them, each doctor decides. */

import type { Finding, Severity } from '../words/findings.ts';
import type { Terminal } from './terminal.ts';

/** One finding: what, why, and what to do. */
export function answerFinding(
  { id, severity, subject, message, reason, remedy }: Finding,
  terminal: Terminal,
): void {
  const { bold, dim, red, yellow } = terminal.colors;
  const mark = { error: red('✖'), warning: yellow('!'), info: dim('·') }[severity];
  terminal.answer(
    `${mark} ${bold(id)}  ${subject}\n    ${message}\n    why     ${reason}\n    remedy  ${remedy}`,
  );
}

/** How many of them matter so much. */
export function count(findings: readonly Finding[], severity: Severity): number {
  return findings.filter((one) => one.severity === severity).length;
}

/** E.g. `2 errors, 1 info`; empty where nothing was found. */
export function countsOf(findings: readonly Finding[]): string {
  return (['error', 'warning', 'info'] as const)
    .map((severity) => [count(findings, severity), severity] as const)
    .filter(([number]) => number > 0)
    .map(([number, severity]) => `${number} ${severity}${number === 1 || severity === 'info' ? '' : 's'}`)
    .join(', ');
}
