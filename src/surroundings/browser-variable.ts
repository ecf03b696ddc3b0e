/** What `BROWSER` says: that there is a way to a browser, or that none is wanted. It does not start anything. */

import type { Environment } from '../words/ports.ts';

/** They run in the terminal that the login itself needs, and cannot show the page. */
const IN_A_TERMINAL = new Set(['lynx', 'links', 'links2', 'elinks', 'w3m', 'www-browser', 'browsh']);

/**
 * `BROWSER` is a list of commands, parted by colons; the first one counts. On macOS and Windows nothing that opens a URL reads
 * it, so there it can only forbid.
 */
export function browserVariable(
  { BROWSER }: Environment,
  platform: NodeJS.Platform,
): { readonly opens: boolean; readonly reason?: string } | undefined {
  const first = (BROWSER ?? '').trim().split(/[:\s]/)[0] ?? '';
  if (first === '') return undefined;
  const program = first.split('/').at(-1) ?? '';
  if (program === 'none') return { opens: false, reason: 'BROWSER asks for none' };
  if (platform === 'darwin' || platform === 'win32') return undefined;
  if (IN_A_TERMINAL.has(program))
    return { opens: false, reason: `BROWSER is ${program}, which cannot show the page` };
  return { opens: true };
}
