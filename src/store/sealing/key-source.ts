/** Where the key ring of a shared store is from: a variable, a file, or what a command prints. It decides nothing about its keys. */

import { readFileSync } from 'node:fs';

import { StoreError } from '../../words/errors.ts';
import type { Environment } from '../../words/ports.ts';
import { type KeyRing, parseKeyRing } from './key-ring.ts';

/** The ring itself; a file that holds it; a command that prints it (a KMS, a vault). The first that is set counts. */
export const KEY_VARIABLES = [
  'CODEX_LOGIN_KEYS',
  'CODEX_LOGIN_KEYS_FILE',
  'CODEX_LOGIN_KEYS_COMMAND',
] as const;

const COMMAND_LIMIT_MS = 10_000;
const LONGEST_RING_BYTES = 1024 * 1024;

/** @throws StoreError `ERR_STORE_KEY` where no variable is set, or what it names gives none */
export async function readKeyRing(environment: Environment): Promise<KeyRing> {
  const [text, path, command] = KEY_VARIABLES.map((name) => environment[name]);
  if (text !== undefined && text !== '') return parseKeyRing(text);
  if (path !== undefined && path !== '') return parseKeyRing(readRing(path));
  if (command !== undefined && command !== '') return parseKeyRing(await printedBy(command));
  throw new StoreError('ERR_STORE_KEY', {
    store: '',
    summary: 'The shared store is sealed, and no key ring is named.',
    hint: `Set ${KEY_VARIABLES[1]} to its file, or ${KEY_VARIABLES[2]} to a command that prints it (docs/fleet.md).`,
  });
}

function readRing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw notHad(`its file cannot be read (${codeOf(thrown)}): ${path}`);
  }
}

async function printedBy(command: string): Promise<string> {
  const { exec } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    exec(
      command,
      { timeout: COMMAND_LIMIT_MS, maxBuffer: LONGEST_RING_BYTES, windowsHide: true },
      (error, stdout) => {
        // Neither its words nor the command itself: both may hold a secret.
        if (error)
          reject(
            notHad(
              error.killed ? 'its command did not end within 10 seconds' : 'its command did not succeed',
            ),
          );
        else resolve(stdout);
      },
    );
  });
}

function notHad(flaw: string): StoreError {
  return new StoreError('ERR_STORE_KEY', {
    store: '',
    summary: `The key ring of the shared store cannot be had: ${flaw}.`,
    hint: `Check ${KEY_VARIABLES.join(', ')} (docs/fleet.md).`,
  });
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
}
