// A disk that loses its power, as a model: what was not synchronized may be lost, torn or in another sequence. It watches the
// calls of a commit and enumerates every state that could be found afterwards. Pessimistic: a name is durable only after an fsync
// of its directory, a rename may come back as either half, and bytes may come back as nothing, half, zeros or all of them.

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param {string} root the directory that is watched; what is in it now is durable */
export function watchDisk(root) {
  let inodes = 0;
  const newDirectory = () => ({ id: inodes++, entries: new Map(), durable: new Map(), pending: [] });
  const newFile = (bytes) => ({ id: inodes++, bytes, durable: bytes, touched: false });
  const descriptors = new Map();
  const rootNode = newDirectory();

  const load = (directory, node) => {
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      const stats = lstatSync(path);
      if (stats.isSymbolicLink()) continue;
      const child = stats.isDirectory() ? newDirectory() : newFile(readFileSync(path));
      if (stats.isDirectory()) load(path, child);
      node.entries.set(name, child);
      node.durable.set(name, child);
    }
  };
  load(root, rootNode);

  const find = (path) => {
    if (path === root) return rootNode;
    if (!path.startsWith(`${root}/`)) return undefined;
    return path
      .slice(root.length + 1)
      .split('/')
      .reduce((node, name) => node?.entries?.get(name), rootNode);
  };
  const setEntry = (path, node) => {
    const parent = find(dirname(path));
    if (parent === undefined) return;
    const name = path.slice(dirname(path).length + 1);
    if (node) parent.entries.set(name, node);
    else parent.entries.delete(name);
    parent.pending.push([name, node]);
  };

  const effects = {
    openSync([path, flags], answer) {
      if (flags === 'wx' || (flags === 'w' && find(path) === undefined))
        setEntry(path, newFile(Buffer.alloc(0)));
      const node = find(path);
      if (flags === 'w' && node) Object.assign(node, { bytes: Buffer.alloc(0), touched: true });
      descriptors.set(answer, node);
    },
    writeSync([descriptor, bytes, offset, length], answer) {
      const node = descriptors.get(descriptor);
      node.bytes = Buffer.concat([node.bytes, bytes.subarray(offset, offset + Math.min(length, answer))]);
      node.touched = true;
    },
    fsyncSync([descriptor]) {
      const node = descriptors.get(descriptor);
      if (node === undefined) return;
      if ('entries' in node) {
        node.durable = new Map(node.entries);
        node.pending = [];
      } else Object.assign(node, { durable: node.bytes, touched: false });
    },
    linkSync: ([from, to]) => setEntry(to, find(from)),
    renameSync([from, to]) {
      setEntry(to, find(from));
      setEntry(from, undefined);
    },
    unlinkSync: ([path]) => setEntry(path, undefined),
    mkdirSync: ([path]) => setEntry(path, newDirectory()),
  };

  return {
    /** For `traceFileSystem`: whether this call changed what a power loss could leave. */
    after({ name, args }, answer) {
      if (answer instanceof Error || !(name in effects)) return false;
      effects[name](args, answer);
      return true;
    },
    /**
     * Every state that could be found if the power went now: file → bytes, by their paths within the root.
     * @returns {Map<string, Map<string, Buffer>>} by a text that is equal for equal states
     */
    states: () => distinct(statesOf(rootNode, '')),
  };
}

function* statesOf(directory, prefix) {
  for (const entries of subsets(directory.durable, directory.pending)) {
    yield* product([...entries].map(([name, node]) => [...contentsOf(node, join(prefix, name))]));
  }
}

function* contentsOf(node, path) {
  if ('entries' in node) return yield* statesOf(node, path);
  const { bytes, durable, touched } = node;
  const variants = touched
    ? [durable, bytes.subarray(0, bytes.length >> 1), Buffer.alloc(bytes.length), bytes, Buffer.alloc(0)]
    : [bytes];
  for (const content of variants) yield new Map([[path, content]]);
}

/** The names of a directory with any choice of the changes that were not synchronized, in their sequence. */
function* subsets(durable, pending) {
  for (let chosen = 0; chosen < 2 ** pending.length; chosen += 1) {
    const entries = new Map(durable);
    pending.forEach(([name, node], index) => {
      if ((chosen >> index) % 2 === 0) return;
      if (node) entries.set(name, node);
      else entries.delete(name);
    });
    yield entries;
  }
}

function* product([first, ...rest]) {
  if (first === undefined) return yield new Map();
  for (const others of product(rest)) for (const one of first) yield new Map([...one, ...others]);
}

function distinct(states) {
  const found = new Map();
  for (const state of states) {
    const names = [...state].map(([path, bytes]) => `${path}=${bytes.toString('latin1')}`);
    found.set(names.sort().join('\n'), state);
  }
  return found;
}
