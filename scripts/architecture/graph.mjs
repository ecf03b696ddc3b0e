// Rooms of src and what they import, out of the code: the picture in docs/architecture.md is drawn from it.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*)'([^'\n]+)'/g;
/** A type is no dependency at run time. */
const TYPES_ONLY = /(?:import|export) type [^;]+ from '[^']*';/g;

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
const roomOf = (file) => relative('src', file).split(sep)[0].replace(/\.ts$/, '');

/**
 * @typedef {object} Room
 * @property {string} name a file of src, or a folder with everything below it
 * @property {number} files
 * @property {number} lines
 * @property {string[]} rooms what it imports
 * @property {string[]} packages outside packages, and those of Node.js that reach the outside
 */

/** @returns {Map<string, Room>} */
export function readRooms() {
  const rooms = new Map();
  const files = readdirSync(join(root, 'src'), { recursive: true })
    .map((name) => join('src', String(name)))
    .filter((name) => name.endsWith('.ts'))
    .sort();
  for (const file of files) {
    const name = roomOf(file);
    const text = readFileSync(join(root, file), 'utf8');
    const code = withoutComments(text).replace(TYPES_ONLY, '');
    const room = rooms.get(name) ?? { name, files: 0, lines: 0, rooms: new Set(), packages: new Set() };
    room.files += 1;
    room.lines += text.split('\n').length - 1;
    for (const [, specifier] of code.matchAll(IMPORT)) {
      if (specifier.startsWith('.')) room.rooms.add(roomOf(join(dirname(file), specifier)));
      else if (!specifier.startsWith('node:') && !specifier.startsWith('codex-login'))
        room.packages.add(specifier);
    }
    rooms.set(name, room);
  }
  for (const room of rooms.values()) {
    room.rooms = [...room.rooms].filter((other) => other !== room.name).sort();
    room.packages = [...room.packages].sort();
  }
  return rooms;
}

/** Only the imports that no other path goes without: what a reader has to see. */
export function withoutDetours(rooms) {
  const below = (name, seen = new Set()) => {
    for (const next of rooms.get(name)?.rooms ?? []) if (!seen.has(next)) below(next, seen.add(next));
    return seen;
  };
  return new Map(
    [...rooms.values()].map(({ name, rooms: direct }) => [
      name,
      direct.filter((target) => !direct.some((other) => other !== target && below(other).has(target))),
    ]),
  );
}
