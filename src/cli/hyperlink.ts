/**
 * Hyperlinks in a terminal (OSC 8): whether this one knows them, and how one is written. Pure.
 * A table of its own: `supports-hyperlinks` says the same with three packages and 50 ms, and reads the environment and argv itself.
 */

import type { Environment } from '../words/ports.ts';

const ESCAPE = '\u001b';

/** @param isTerminal whether what is written goes to a terminal; `FORCE_HYPERLINK` overrules everything else */
export function knowsHyperlinks(environment: Environment, isTerminal: boolean): boolean {
  const { FORCE_HYPERLINK, NO_COLOR, CI, TEAMCITY_VERSION, TERM = '' } = environment;
  if (FORCE_HYPERLINK) return FORCE_HYPERLINK !== '0' && FORCE_HYPERLINK !== 'false';
  if (!isTerminal || NO_COLOR || CI || TEAMCITY_VERSION || TERM === 'dumb') return false;
  // Inside a multiplexer the outer terminal's names are memories.
  if (environment.TMUX) return reaches(environment.TERM_PROGRAM_VERSION, 3, 4);
  if (environment.STY || TERM.startsWith('screen')) return false;
  if (environment.WT_SESSION || environment.KITTY_WINDOW_ID || environment.DOMTERM) return true;
  if (/^(?:xterm-kitty|xterm-ghostty|alacritty|foot|contour|wezterm|rio)/.test(TERM)) return true;
  if (Number(environment.KONSOLE_VERSION) >= 201_200) return true;
  // 0.50.0 to 0.50.3 crash on some links.
  if (Number(environment.VTE_VERSION) >= 5004) return true;
  const [, least] =
    PROGRAMS.find(([name]) => name === environment.TERM_PROGRAM) ?? ([undefined, undefined] as const);
  return least !== undefined && reaches(environment.TERM_PROGRAM_VERSION, ...least);
}

/** `TERM_PROGRAM`, and the first version that knows them. */
const PROGRAMS: readonly (readonly [name: string, least: readonly [major: number, minor: number]])[] = [
  ['iTerm.app', [3, 1]],
  ['WezTerm', [0, 0]],
  ['vscode', [1, 72]],
  ['ghostty', [0, 0]],
  ['zed', [0, 0]],
  ['WarpTerminal', [0, 0]],
  ['Hyper', [3, 0]],
];

function reaches(version: string | undefined, major: number, minor: number): boolean {
  const [, first, second] = /^v?(\d+)(?:\.(\d+))?/.exec(version ?? '') ?? [];
  const ours = Number(first ?? 0);
  return ours > major || (ours === major && Number(second ?? 0) >= minor);
}

/**
 * The text as a link to the URL; the text alone where the URL holds anything but printable ASCII, which could end the sequence.
 * @see https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
 */
export function hyperlink(url: string, text: string): string {
  if (!/^https?:\/\/[\x21-\x7e]{1,2000}$/.test(url)) return text;
  return `${ESCAPE}]8;;${url}${ESCAPE}\\${text}${ESCAPE}]8;;${ESCAPE}\\`;
}

/** What `hyperlink` writes, whole, as a group: for telling our own links from those of others. */
export const HYPERLINK = new RegExp(
  `(${ESCAPE}\\]8;;[!-~]+${ESCAPE}\\\\[^${ESCAPE}\\n]*${ESCAPE}\\]8;;${ESCAPE}\\\\)`,
);
