// Packages that go with ours, each as one file beside the one module that imports it, instead of 81 that everybody would install: half
// of the time that an installation takes, and 10 MB of a login's memory. The licences of what is in a file go with it.

import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { rolldown } from 'rolldown';

import { finishForLauncher } from './for-launcher.mjs';

const BUNDLED = [
  // Its parsers of bodies and of nested queries are left out: the callback reads no body, and its query parser is off.
  { name: 'express', home: 'loopback/app.js', leftOut: ['body-parser', 'qs'] },
  // The script of freedesktop.org, for systems that have none.
  { name: 'open', home: 'system.js', beside: ['xdg-open'] },
];

/** @param {string} source `dist/src` as it was compiled */
export async function bundlePackages(source) {
  for (const one of BUNDLED) await bundlePackage(source, one);
}

/** Whether a module is one of these files: a bundle of our own leaves it where it is. */
export function isBundledPackage(id) {
  return BUNDLED.some(({ name }) => id.endsWith(`/${name}.cjs`));
}

async function bundlePackage(source, { name, home, leftOut = [], beside = [] }) {
  const importer = `${source}/${home}`;
  const directory = dirname(importer);
  const main = createRequire(importer).resolve(name);
  const entry = `\0${name}`;
  const bundle = await rolldown({
    input: { [name]: entry },
    platform: 'node',
    plugins: [
      {
        name: 'what is exported, and what is left out',
        resolveId: (id) => {
          if (id === entry) return id;
          return leftOut.includes(id) ? { id: `\0${id}`, moduleSideEffects: false } : null;
        },
        load: (id) => {
          if (id === entry) return `export { default } from ${JSON.stringify(main)};`;
          return id.startsWith('\0') && leftOut.includes(id.slice(1)) ? 'module.exports = {};' : null;
        },
      },
    ],
  });
  const { output } = await bundle.write({
    dir: directory,
    format: 'cjs',
    exports: 'default',
    entryFileNames: '[name].cjs',
    comments: false,
    minify: { compress: false, mangle: false },
  });
  await bundle.close();
  finishForLauncher(join(directory, `${name}.cjs`));
  for (const file of beside) copyFileSync(join(dirname(main), file), join(directory, file));
  writeFileSync(
    `${directory}/${name}.licenses.txt`,
    licencesOf(output.flatMap(({ moduleIds }) => moduleIds ?? [])),
  );
  const text = readFileSync(importer, 'utf8');
  const changed = text.replace(new RegExp(`(from |import\\()'${name}'`), `$1'./${name}.cjs'`);
  if (changed === text) throw new Error(`${importer} does not import ${name} any more`);
  writeFileSync(importer, changed);
}

/** One after the other: name and version of each package, and the text that its authors want to go with it. */
function licencesOf(files) {
  const directories = files.map(
    (file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll('\\', '/'))?.[0],
  );
  return [...new Set(directories)]
    .filter((directory) => directory !== undefined && existsSync(join(directory, 'package.json')))
    .sort()
    .map((directory) => {
      const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry));
      const text =
        file === undefined ? `License: ${license}` : readFileSync(join(directory, file), 'utf8').trim();
      return `${name}@${version}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
