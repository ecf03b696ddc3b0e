// What is loaded with a module at once, whatever is asked for later: the closure of its static imports.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const STATIC = /^(?:import|export) (?!type\b)(?:[^;]*? from )?'([^']+)';/gms;

/**
 * @param {string[]} entries paths of modules, in TypeScript or compiled
 * @returns {{ files: string[], packages: string[] }} sorted; packages without those of Node.js
 */
export function loadedWith(...entries) {
  const files = new Set();
  const packages = new Set();
  const visit = (file) => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(STATIC)) {
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  };
  for (const entry of entries) visit(entry);
  return { files: [...files].sort(), packages: [...packages].sort() };
}
