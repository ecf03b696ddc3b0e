// The program as few files: to look a module up, read it and wrap it takes a third of a millisecond, and a login needs some sixty
// before its address is printed. CommonJS, because Node.js starts 4 ms later where the first file is an ES module. The
// library keeps one file a module.

import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, posix, relative, sep } from 'node:path';

import { rolldown } from 'rolldown';

import { isBundledPackage } from './bundle-packages.mjs';
import { finishForLauncher } from './for-launcher.mjs';
import { loadedWith } from './loaded-with.mjs';

/**
 * What every login loads after its address: as parts of ours they take 10 MB less on Node.js 24, where modules of the other kind are
 * loaded by another loader. Every other package stays outside.
 */
const INSIDE = /^(?:openid-client|oauth4webapi|jose)(?:\/|$)/;

/** What people wait for: one file for what these have in common, the store of OpenClaw included, and one for each. */
const STARTS = {
  login: ['cli/bin.js', 'cli/login.js', 'agents/agent-store.js'],
  credential: ['cli/bin.js', 'cli/token.js', 'cli/status.js', 'agents/agent-store.js'],
};

/** @param {string} source `dist/src` as it was compiled; its `cli` is replaced by the bundle */
export async function bundleProgram(source) {
  const [login, credential] = Object.values(STARTS).map(
    (entries) => new Set(loadedWith(...entries.map((entry) => `${source}/${entry}`)).files),
  );
  const bundle = await rolldown({
    input: { bin: `${source}/cli/bin.js` },
    platform: 'node',
    // What is in the files tells nothing of where they were made.
    cwd: source,
    external: (id) => isBundledPackage(id) || !(INSIDE.test(id) || id.startsWith('.') || isAbsolute(id)),
    preserveEntrySignatures: false,
    plugins: [
      { name: 'files beside a module', transform: (code, id) => seenFrom(`${source}/cli`, code, id) },
      { name: 'built-in modules at first use', renderChunk: (code) => ({ code: withLateBuiltins(code) }) },
    ],
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
  for (const name of readdirSync(made)) finishForLauncher(`${made}/${name}`);
  rmSync(`${source}/cli`, { recursive: true });
  renameSync(made, `${source}/cli`);
}

/**
 * What Node.js brings is loaded where it is first used: node:crypto takes 2 ms, node:tty another, and `token` of a fresh credential
 * needs neither. A name that is imported is looked up at every use anyway. And a script that is compiled by hand has no `import()`:
 * its loader (bin/codex-login.cjs) hands one in.
 */
function withLateBuiltins(code) {
  const late = '(name) => new Proxy({}, { get: (_, key) => process.getBuiltinModule(name)[key] })';
  const changed = code
    .replace(/^let (\w+) = require\("(node:[\w/]+)"\);$/gm, (line, name, module) =>
      // A module that is imported as a whole is copied, and so has to be there.
      code.includes(`__toESM(${name}`) ? line : `let ${name} = builtin("${module}");`,
    )
    .replace(/\bimport\("/g, 'importModule("');
  return changed === code ? code : `const builtin = ${late};\n${changed}`;
}

/** A module that names a file beside itself is somewhere else now. */
function seenFrom(directory, code, id) {
  const way = relative(directory, dirname(id)).split(sep).join('/');
  return code.replace(
    /new URL\('([^'$]+)', import\.meta\.url\)/g,
    (_, file) => `new URL('${posix.join(way, file)}', import.meta.url)`,
  );
}
