// S-1 to S-8 of a store in a file, as one predicate: tests demand that the list is empty, and so do the long forms in `soak`.

import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * @param {string} path
 * @param {object} [what]
 * @param {string} [what.provider] whose order and lastGood must lead to stored profiles
 * @param {Record<string, any>} [what.kept] what was there before and is nobody's to change (S-4), profiles one by one
 * @param {readonly string[]} [what.acknowledged] ids of the profiles whose commit was reported as done (S-5, S-8)
 * @param {{ uid: number, gid: number }} [what.owner] whose file it is (S-6)
 * @returns {string[]} each beginning with the invariant that does not hold
 */
export function flawsOf(path, { provider = 'openai-codex', kept = {}, acknowledged = [], owner } = {}) {
  const text = readFileSync(path, 'utf8');
  let state;
  try {
    state = JSON.parse(text);
  } catch {
    return [`S-1 ${text.length} bytes that are no JSON`];
  }
  const target = realpathSync(path);
  const stats = statSync(target);
  return [
    ...stateFlaws(state, provider),
    ...keptFlaws(state, kept),
    ...acknowledged.filter((id) => !(id in state.profiles)).map((id) => `S-5 S-8 ${id} is lost`),
    ...((stats.mode & 0o777) === 0o600 ? [] : [`S-6 mode ${(stats.mode & 0o777).toString(8)}`]),
    ...(owner === undefined || (owner.uid === stats.uid && owner.gid === stats.gid)
      ? []
      : [`S-6 owner ${stats.uid}:${stats.gid}`]),
    ...leftovers(path, target).map((name) => `S-7 ${name} was left`),
  ];
}

/** The part that every reader must see at every moment. */
export function stateFlaws(state, provider = 'openai-codex') {
  const lastGood = state.lastGood?.[provider];
  const order = state.order?.[provider];
  const flaws = [];
  if (order !== undefined && order.length === 0) flaws.push('S-3 an empty order');
  if (lastGood !== undefined && !(lastGood in state.profiles)) flaws.push('S-3 lastGood names no profile');
  if (lastGood !== undefined && !order?.includes(lastGood)) flaws.push('S-2 lastGood without its order');
  return flaws;
}

function keptFlaws(state, kept) {
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const { profiles = {}, ...rest } = kept;
  return [
    ...Object.keys(rest).filter((key) => !same(state[key], rest[key])),
    ...Object.keys(profiles).filter((id) => !same(state.profiles[id], profiles[id])),
    ...(same(
      Object.keys(state).filter((key) => key in kept),
      Object.keys(kept).filter((key) => key in state),
    )
      ? []
      : ['the sequence of its keys']),
  ].map((what) => `S-4 ${what} was changed`);
}

/** @returns {string[]} temporary files, locks and guards beside a store, or beside what it links to */
export function leftovers(path, target = realpathSync(path)) {
  return [...new Set([dirname(path), dirname(target)])].flatMap((directory) =>
    readdirSync(directory).filter(
      (name) =>
        /\.(tmp|lock|takeover)$/.test(name) && [path, target].some((file) => name.startsWith(basename(file))),
    ),
  );
}
