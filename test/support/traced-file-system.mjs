// The store's file system with every call counted, and a hand on each: `before` may throw, kill, stop, or answer in its
// place; `after` gets the answer, or the error.

/**
 * @param {import('../../src/store/file/file-system.ts').FileSystem} real
 * @param {{ before?: (call: TracedCall) => { answer: unknown } | undefined | void, after?: (call: TracedCall, answer: unknown) => void }} hooks
 * @typedef {{ index: number, name: string, args: any[], kind: string, path: string }} TracedCall
 */
export function traceFileSystem(real, { before, after } = {}) {
  /** @type {TracedCall[]} */
  const calls = [];
  const paths = new Map();
  const trace =
    (name, call) =>
    (...args) => {
      const path = typeof args[0] === 'number' ? (paths.get(args[0]) ?? '') : String(args[0]);
      const made = { index: calls.length, name, args, path, kind: kindOf(path) };
      calls.push(made);
      const replaced = before?.(made);
      let answer;
      try {
        answer = replaced ? replaced.answer : call(...args);
      } catch (error) {
        after?.(made, error);
        throw error;
      }
      if (name === 'openSync') paths.set(answer, path);
      after?.(made, answer);
      return answer;
    };
  const traced = Object.fromEntries(Object.entries(real).map(([name, call]) => [name, trace(name, call)]));
  return {
    fileSystem: /** @type {import('../../src/store/file/file-system.ts').FileSystem} */ (
      /** @type {unknown} */ (traced)
    ),
    calls,
    /** "fsyncSync temporary", … */
    lines: () => calls.map(lineOf),
  };
}

/** @param {TracedCall} call */
export function lineOf({ name, kind }) {
  return `${name} ${kind}`;
}

function kindOf(path) {
  if (path.endsWith('.lock.takeover')) return 'guard';
  if (path.endsWith('.lock')) return 'lock';
  if (/\.lock\.[0-9a-f-]{36}\.tmp$/.test(path)) return 'draft';
  if (path.endsWith('.tmp')) return 'temporary';
  return path.endsWith('.json') ? 'store' : 'directory';
}

/** The refusal of a system, as Node.js words it. */
export function refusal(code, name) {
  const syscall = name.replace(/Sync$/, '');
  return Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall, errno: -1 });
}
