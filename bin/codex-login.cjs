#!/usr/bin/env node
// The launcher. In the published package it goes straight to the build. In a checkout it has the build made first, where there
// is none or it is older than the sources, because `npx .` installs and builds nothing by itself. stdout stays clean.
//
// It loads the program's files with what V8 has compiled of them before, which saves 3 ms of every start. What was compiled is kept
// beside the files, so that whoever could change it could change them as well, and goes when they go. Node.js has the same from 22.8
// on (`module.enableCompileCache()`), in a directory of the system that others may write to.

const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { Script } = require('node:vm');

const root = join(__dirname, '..');
const preparation = join(root, 'scripts/prepare-checkout.mjs');
const start = () => load(join(root, 'dist/src/cli'), 'bin.cjs');

if (existsSync(preparation)) {
  const { pathToFileURL } = require('node:url');
  import(pathToFileURL(preparation).href)
    .then(({ prepareCheckout }) => prepareCheckout(join(root, '/')))
    .then(start);
} else start();

/** A file of the program and what it requires of its own kind. */
function load(directory, name) {
  const cache = join(directory, '.compiled', `${process.version}-${process.arch}`);
  const modules = new Map();
  const fresh = [];

  function requireOwn(name) {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(name, module);
    const filename = join(directory, name);
    const source = readFileSync(filename, 'utf8');
    // V8 looks at the length of a text alone, and npm gives every file the same time: the build ends each with its hash.
    const kept = join(cache, `${basename(name)}.${source.slice(-17, -1)}`);
    const cachedData = readIfThere(kept);
    // As Node.js's own loader wraps it, and with an import().
    const script = new Script(
      `(function (exports, require, module, __filename, __dirname, importModule) { ${source}\n})`,
      { filename, cachedData },
    );
    // Under other flags of V8 what is kept is of no use now, and is again the next time.
    if (cachedData === undefined) fresh.push({ script, kept });
    const requireAny = (id) => (id.startsWith('.') ? requireOwn(id.replace(/^\.\//, '')) : require(id));
    const run = script.runInThisContext();
    const importAny = async (id) => (id.startsWith('.') ? { default: requireAny(id) } : import(id));
    run.call(module.exports, module.exports, requireAny, module, filename, directory, importAny);
    return module.exports;
  }

  // At the end, when it is known what of it was used.
  process.once('exit', () => {
    if (fresh.length > 0) keep(cache, fresh);
  });
  return requireOwn(name);
}

function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Whole or not at all. Where nothing can be written, the next start takes as long as this one. */
function keep(cache, fresh) {
  try {
    mkdirSync(cache, { recursive: true });
    for (const { script, kept } of fresh) {
      const draft = `${kept}.${process.pid}`;
      writeFileSync(draft, script.createCachedData());
      renameSync(draft, kept);
    }
  } catch {}
}
