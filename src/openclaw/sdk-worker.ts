/**
 * The other side of `sdk-process`: runs in the Node.js of OpenClaw, with the installed package's own SDK, and does two things to
 * one store: read it, and replace its state if it is still the one that was read. It decides nothing about what is written.
 *
 * `node sdk-worker.js <package directory>`, asked and answering by messages, so that no token is ever an argument.
 * Self-contained on purpose: it shares no code with the program that asks, whose Node.js is another.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What OpenClaw persists; its loader adds fields of its own to the object, which are nobody's to write. */
const PERSISTED = ['version', 'profiles', 'order', 'lastGood', 'usageStats'] as const;
type State = Partial<Record<(typeof PERSISTED)[number], unknown>>;

export interface SdkQuestion {
  readonly id: number;
  /** The agent's directory; missing: the store that all agents share. */
  readonly agentDir?: string;
  /** Only whether its SDK could be asked: nothing is opened. */
  readonly probe?: true;
  /** Write this, if the store still has `version`; missing: read only. */
  readonly replace?: { readonly version: string; readonly next: State; readonly keepInOrder: string[] };
}

export interface SdkAnswer {
  readonly id: number;
  /** `changed`: somebody committed in between. `refused`: OpenClaw did not open its store; `reason` as far as it is known. */
  readonly outcome: 'ready' | 'read' | 'written' | 'changed' | 'refused' | 'no sdk';
  readonly reason?: 'migration' | 'locked';
  readonly state?: State;
  readonly version?: string;
}

interface Sdk {
  updateAuthProfileStoreWithLock(request: {
    agentDir: string | undefined;
    saveOptions?: { preserveOrderProfileIds: string[] };
    updater(store: State): boolean;
  }): Promise<State | null>;
}

/** The SDK answers null and prints why: looked through for two reasons here, and shown to nobody (it may quote anything). */
let printed = '';
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: unknown) => {
    printed = (printed + String(chunk)).slice(-16_384);
    return true;
  };
}

function whyRefused(): Pick<SdkAnswer, 'reason'> {
  if (/migration/i.test(printed)) return { reason: 'migration' };
  return /database is locked|SQLITE_BUSY|SQLITE_LOCKED/i.test(printed) ? { reason: 'locked' } : {};
}

async function loadSdk(directory: string): Promise<Sdk | undefined> {
  const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const entry = exports?.['./plugin-sdk/provider-auth']?.default;
  if (typeof entry !== 'string') return undefined;
  const sdk = await import(pathToFileURL(join(directory, entry)).href);
  return typeof sdk.updateAuthProfileStoreWithLock === 'function' ? sdk : undefined;
}

function persisted(store: State): State {
  return Object.fromEntries(
    PERSISTED.flatMap((part) => (store[part] === undefined ? [] : [[part, store[part]]])),
  );
}

function versionOf(state: State): string {
  return createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 16);
}

/** One transaction: what was read is compared and replaced before anybody else can write. */
async function answer(
  { id, agentDir, probe, replace }: SdkQuestion,
  sdk: Sdk | undefined,
): Promise<SdkAnswer> {
  if (sdk === undefined) return { id, outcome: 'no sdk' };
  if (probe) return { id, outcome: 'ready' };
  printed = '';
  let seen: State | undefined;
  let written = false;
  const kept = await sdk.updateAuthProfileStoreWithLock({
    agentDir,
    ...(replace === undefined ? {} : { saveOptions: { preserveOrderProfileIds: replace.keepInOrder } }),
    updater(store) {
      // The transaction may be started over.
      seen = structuredClone(persisted(store));
      written = replace !== undefined && versionOf(seen) === replace.version;
      if (!written || replace === undefined) return false;
      for (const part of PERSISTED) {
        if (replace.next[part] === undefined) delete store[part];
        else store[part] = replace.next[part];
      }
      return true;
    },
  });
  if (kept === null || seen === undefined) return { id, outcome: 'refused', ...whyRefused() };
  if (replace !== undefined) return { id, outcome: written ? 'written' : 'changed' };
  return { id, outcome: 'read', state: seen, version: versionOf(seen) };
}

// First of all: whoever asks may be gone before OpenClaw has finished loading. OpenClaw leaves things open, hence the exit.
process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();
const sdk = loadSdk(process.argv[2] ?? '').catch(() => undefined);
// One after the other: two transactions of one process would wait for each other.
let last: Promise<unknown> = Promise.resolve();
process.on('message', (question: SdkQuestion) => {
  last = last.then(async () => {
    const refused: SdkAnswer = { id: question.id, outcome: 'refused' };
    process.send?.(await answer(question, await sdk).catch(() => refused));
  });
});
