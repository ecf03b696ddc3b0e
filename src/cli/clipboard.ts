/**
 * Puts a text on the person's clipboard, when that was asked for: through a program of the system, by its stdin, or through the
 * terminal (OSC 52), which is where the person is over SSH. What is worth copying its caller decides.
 */

import type { Place, Surroundings } from '../surroundings.ts';
import type { Environment, Pipe } from '../words/ports.ts';
import type { Terminal } from './terminal.ts';

export type CopyOutcome =
  | { readonly copied: true; readonly by: string }
  /** The terminal was asked, and does not say whether it did. */
  | { readonly copied: 'perhaps'; readonly by: string }
  | { readonly copied: false; readonly reason: string };

export interface ClipboardPorts {
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
  readonly place: Pick<Surroundings, 'kind'>;
  readonly pipe: Pipe;
  readonly terminal: Pick<Terminal, 'offerToClipboard'>;
}

/**
 * Never rejects. Takes at most two seconds a program.
 * @param text printable ASCII, up to 4,096 characters: an address or a code; a secret has no place in a clipboard's history
 */
export async function copyText(text: string, ports: ClipboardPorts): Promise<CopyOutcome> {
  if (!/^[\x20-\x7e]{1,4096}$/.test(text)) return { copied: false, reason: 'it is no plain short text' };
  for (const [program, ...args] of programsFor(ports)) {
    if (await ports.pipe(program, args, text)) return { copied: true, by: nameOf(program) };
  }
  if (ports.terminal.offerToClipboard(text)) return { copied: 'perhaps', by: 'your terminal' };
  return { copied: false, reason: 'there is no program for it here, and no terminal' };
}

/** Where the person's clipboard is not that of this machine. */
const FAR: ReadonlySet<Place> = new Set([
  'ssh',
  'vscode-remote',
  'codespace',
  'cloud-shell',
  'dev-container',
  'container',
  'no-display',
]);

type Program = readonly [program: string, ...args: string[]];

function programsFor({ environment, platform, place }: ClipboardPorts): readonly Program[] {
  // It hands the text on to the terminals that are attached, wherever those are.
  const multiplexer: Program[] = environment.TMUX ? [['tmux', 'load-buffer', '-w', '-']] : [];
  if (FAR.has(place.kind) || place.kind === 'ci') return multiplexer;
  if (platform === 'darwin') return [['/usr/bin/pbcopy']];
  // By its whole path: Windows looks into the working directory first.
  if (platform === 'win32') return [[`${environment.SystemRoot ?? 'C:\\Windows'}\\System32\\clip.exe`]];
  if (place.kind === 'wsl') return [['clip.exe'], ['/mnt/c/Windows/System32/clip.exe'], ...multiplexer];
  if (place.kind === 'termux') return [['termux-clipboard-set'], ...multiplexer];
  return [
    ...(environment.WAYLAND_DISPLAY ? [['wl-copy'] as const] : []),
    ...(environment.DISPLAY
      ? ([
          ['xclip', '-selection', 'clipboard'],
          ['xsel', '--input', '--clipboard'],
        ] as const)
      : []),
    ...multiplexer,
  ];
}

function nameOf(program: string): string {
  return program.split(/[/\\]/).at(-1) ?? program;
}
