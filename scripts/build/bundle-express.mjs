// express as one file beside the one module that imports it, instead of 68 packages that everybody would install: without them an
// installation takes half the time, and a login 10 MB less. Its parsers of bodies and of nested queries are left out: the callback
// reads no body, and its query parser is off. The licences of what is in the file go with it.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { rolldown } from 'rolldown';

const LEFT_OUT = ['body-parser', 'qs'];

/** @param {string} source `dist/src` as it was compiled */
export async function bundleExpress(source) {
  const home = `${source}/loopback/app.js`;
  const bundle = await rolldown({
    input: { express: createRequire(home).resolve('express') },
    platform: 'node',
    plugins: [
      {
        name: 'left out',
        resolveId: (id) => (LEFT_OUT.includes(id) ? { id: `\0${id}`, moduleSideEffects: false } : null),
        load: (id) => (id.startsWith('\0') && LEFT_OUT.includes(id.slice(1)) ? 'module.exports = {};' : null),
      },
    ],
  });
  const { output } = await bundle.write({
    dir: dirname(home),
    format: 'cjs',
    entryFileNames: '[name].cjs',
    comments: false,
    minify: { compress: false, mangle: false },
  });
  await bundle.close();
  writeFileSync(
    `${dirname(home)}/express.licenses.txt`,
    licencesOf(output.flatMap(({ moduleIds }) => moduleIds ?? [])),
  );
  const text = readFileSync(home, 'utf8');
  const changed = text.replace(/ from 'express';/, " from './express.cjs';");
  if (changed === text) throw new Error(`${home} does not import express any more`);
  writeFileSync(home, changed);
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
