// Preloaded into the program (`node -r`): writes to the file that LOADED names what was loaded until the first text that matches
// UNTIL was written, or until the end: files of the program, packages, and what Node.js brings.

const fs = require('node:fs');

const { LOADED, UNTIL } = process.env;
const { readFileSync, writeSync, writeFileSync } = fs;
const before = new Set(process.moduleLoadList);
const own = [];
let isTold = false;

fs.readFileSync = (path, ...rest) => {
  const [, name] = /codex-login[\\/]dist[\\/]src[\\/](?:cli[\\/])?([^.]*\.cjs)$/.exec(String(path)) ?? [];
  if (name !== undefined) own.push(name);
  return readFileSync(path, ...rest);
};
fs.writeSync = (descriptor, text, ...rest) => {
  if (UNTIL !== undefined && String(text).includes(UNTIL)) tell();
  return writeSync(descriptor, text, ...rest);
};
process.once('exit', tell);

function tell() {
  if (isTold) return;
  isTold = true;
  const cached = Object.keys(require.cache).filter((path) => path.includes('node_modules'));
  const packages = cached.map((path) => /.*node_modules[\\/](@[^\\/]+[\\/][^\\/]+|[^\\/]+)/.exec(path)[1]);
  const natives = process.moduleLoadList
    .filter((name) => !before.has(name))
    .flatMap((name) => /^NativeModule ((?!internal)[a-z_0-9/]+)$/.exec(name)?.[1] ?? []);
  const loaded = {
    own,
    packages: [...new Set(packages)].filter((name) => name !== 'codex-login').sort(),
    natives: natives.sort(),
  };
  writeFileSync(LOADED, JSON.stringify(loaded));
}
