/**
 * Where the person sits, and so which way to sign in is right, with the reason in words.
 * A rule: it is given the environment and small files, and starts nothing. What is done about it the story decides, and every
 * guess can be overruled by the option that `overrides` names.
 */

import { browserVariable } from './surroundings/browser-variable.ts';
import { PLACES } from './surroundings/places.ts';
import { callerOfSudo } from './surroundings/sudo.ts';
import type { Environment, Probe } from './words/ports.ts';

export type Place =
  | 'desktop'
  | 'wsl'
  | 'termux'
  | 'ssh'
  | 'vscode-remote'
  | 'codespace'
  | 'cloud-shell'
  | 'dev-container'
  | 'container'
  | 'ci'
  | 'sudo'
  | 'no-display';

/** What the signs of one place say. */
export interface Finding {
  readonly kind: Place;
  /** A clause without a full stop, e.g. `this is an SSH session`. */
  readonly reason: string;
  /** Whether a program that is started here can show a window to the person. */
  readonly window: boolean;
  /** Whether the person's browser reaches a listener on this machine's localhost. */
  readonly callbackReachable: 'yes' | 'with-forwarding' | 'unlikely';
  /** The line for the person's own shell that forwards the port, where one does. */
  readonly forward?: string;
  /** Whole sentences. */
  readonly advice: readonly string[];
  /** What opens a URL where the system's own way cannot. */
  readonly opener?: 'wslview';
}

export interface Surroundings extends Omit<Finding, 'window'> {
  readonly canOpenBrowser: boolean;
  /** Whether a question can be asked: somebody can type here and see what is said. */
  readonly canAsk: boolean;
  /** `browser`: open it; `paste`: print the URL, and take a pasted address beside the callback; `device`: a device code. */
  readonly suggested: 'browser' | 'paste' | 'device';
  /** The options that overrule what is suggested. */
  readonly overrides: readonly string[];
}

/** What a place is judged by. */
export interface Signs {
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
  readonly probe: Probe;
  /** Where the callback is listened for. */
  readonly port: number;
}

/**
 * @param port where the callback is listened for: the one that a forwarding line names
 * @returns texts for a person hold nothing from outside but user names, addresses and ports of a strict pattern
 */
export function readSurroundings(
  environment: Environment,
  platform: NodeJS.Platform,
  probe: Probe,
  port = 1455,
): Surroundings {
  const signs = { environment, platform, probe, port };
  const { window, ...found } = findPlace(signs);
  const named = browserVariable(environment, platform);
  const canOpenBrowser = named === undefined ? window : named.opens;
  const canAsk = probe.terminal.input && probe.terminal.output;
  const suggested = canOpenBrowser ? 'browser' : canAsk ? 'paste' : 'device';
  return {
    ...found,
    reason: (window ? named?.reason : undefined) ?? found.reason,
    advice: [
      ...found.advice,
      ...remembered(environment),
      ...ofRoot(environment),
      ...(canAsk ? [] : ['Nothing can be asked here, because there is no terminal.']),
    ],
    canOpenBrowser,
    canAsk,
    suggested,
    overrides: OVERRIDES[suggested],
  };
}

/** Why this way, in one sentence, and what overrules it. */
export function explain({ reason, suggested, overrides }: Surroundings): string {
  const others = overrides.length === 0 ? '' : ` (${overrides.join(', ')}: another way)`;
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}: ${WAYS[suggested]}${others}.`;
}

function findPlace(signs: Signs): Finding {
  for (const find of PLACES) {
    const found = find(signs);
    if (found !== undefined) return found;
  }
  return DESKTOP;
}

const DESKTOP: Finding = {
  kind: 'desktop',
  reason: 'this machine has a desktop',
  window: true,
  callbackReachable: 'yes',
  advice: [],
};

const WAYS = {
  browser: 'your browser is opened',
  paste: 'open the page in your own browser',
  device: 'a device code is the way that needs neither a browser nor a terminal here',
};

const OVERRIDES = {
  browser: ['--no-browser', '--paste', '--device'],
  paste: ['--browser', '--device'],
  device: ['--browser', '--paste'],
};

/** What a multiplexer's shells know of the connection is as old as they are. */
function remembered({ TMUX, STY }: Environment): readonly string[] {
  const name = TMUX ? 'tmux' : STY ? 'screen' : undefined;
  return name === undefined
    ? []
    : [`This is judged by what ${name} remembers, which may be an older connection.`];
}

/** Whoever is root by way of sudo stores the credential where it is not looked for. */
function ofRoot(environment: Environment): readonly string[] {
  const caller = callerOfSudo(environment);
  if (caller === undefined) return [];
  const who = /^[a-z_][\w.-]{0,31}$/i.test(caller) ? caller : 'who called sudo';
  return [`You are root by way of sudo: the credential is stored for root, not for ${who}.`];
}
