/**
 * What `help` says of an error's code: its paragraph of docs/errors.md, which the package carries, as text for a terminal.
 * It decides nothing about what is written there; a test sees to it that no code is without one.
 */

import { readFileSync } from 'node:fs';

import type { ErrorCode } from '../words/errors.ts';

/** The paragraph of this code, a line for each of its parts: the status, what happened, why, and the next step. */
export function errorParagraph(code: ErrorCode): string {
  return withoutMarkup(paragraphIn(readFileSync(PAGE, 'utf8'), code) ?? '');
}

/** Two levels above the built file, wherever the package is installed. */
const PAGE = new URL('../../../docs/errors.md', import.meta.url);

/** What stands under the heading of this code, as it is written; undefined where it has none. */
export function paragraphIn(page: string, code: string): string | undefined {
  const [, found] = page.split(new RegExp(`^### ${code}\n`, 'm'));
  return found?.split(/^##/m)[0]?.trim();
}

/** The same for a terminal, which breaks lines itself: only a new part begins a new one. */
export function withoutMarkup(markdown: string): string {
  return markdown
    .replace(/\n(?![\n*])/g, ' ')
    .replace(/\n+ ?/g, '\n')
    .replace(/\[([^\]]*)\]\(([^)]*)\)/g, (_, text, target) => (text === target ? `docs/${target}` : text))
    .replace(/\*\*|`/g, '');
}
