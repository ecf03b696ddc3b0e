// The program as few files: to look a module up, read it and wrap it takes a third of a millisecond, and a login needs some sixty
// before its address is printed. CommonJS, because Node.js starts 4 ms later where the first file is an ES module. Packages stay
// outside, so that they can be audited and patched; the library keeps one file a module.

import { mkdirSync, renameSync, rmSync } from 'node:fs';

import { rolldown } from 'rolldown';

import { loadedWith } from './loaded-with.mjs';

/** What people wait for: one file for what these have in common, and one for each. */
const STARTS = {
  login: ['cli/bin.js', 'cli/login.js'],
  credential: ['cli/bin.js', 'cli/token.js', 'cli/status.js'],
};

/** @param {string} source `dist/src` as it was compiled; its `cli` is replaced by the bundle */
export async function bundleProgram(source) {
  const [login, credential] = Object.values(STARTS).map(
    (entries) => new Set(loadedWith(...entries.map((entry) => `${source}/${entry}`)).files),
  );
  const bundle = await rolldown({
    input: { bin: `${source}/cli/bin.js` },
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    preserveEntrySignatures: false,
    onLog: (level, log, handle) => handle(level === 'warn' ? 'error' : level, log),
  });
  const isCommon = (id) => id.includes('rolldown/runtime') || (login.has(id) && credential.has(id));
  const made = `${source}/.program`;
  mkdirSync(made);
  await bundle.write({
    dir: made,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    comments: false,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: 'start', priority: 3, test: isCommon },
        { name: 'login', priority: 2, test: (id) => login.has(id) },
        { name: 'credential', priority: 1, test: (id) => credential.has(id) },
      ],
    },
  });
  await bundle.close();
  rmSync(`${source}/cli`, { recursive: true });
  renameSync(made, `${source}/cli`);
}
