/** The picture in docs/architecture.md is what the code says now: every room on its floor, every import down. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { FLOORS, floorOf } from '../../scripts/architecture/floors.mjs';
import { readRooms, withoutDetours } from '../../scripts/architecture/graph.mjs';
import { architecturePicture } from '../../scripts/architecture/picture.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const rooms = readRooms();
const rank = (room: string) => FLOORS.findIndex(({ name }) => name === floorOf(room));
const room = (name: string, imports: string[]) =>
  [name, { ...rooms.get('ports'), name, rooms: imports }] as const;

describe('the picture of the architecture', () => {
  test('is what npm run docs would draw', () => {
    expect(read('docs/images/architecture.svg')).toBe(architecturePicture());
    expect(read('docs/architecture.md')).toContain('](images/architecture.svg)');
  });

  test('has every room, and lines that go down only', () => {
    const picture = architecturePicture();
    for (const { name, files } of rooms.values())
      expect(picture).toContain(`>${name}${files > 1 ? '/' : ''}</text>`);
    const up = [...rooms.values()].flatMap(({ name, rooms: targets }) =>
      targets.filter((target) => rank(target) < rank(name)).map((target) => `${name} → ${target}`),
    );
    expect(up).toEqual([]);
  });

  test('fits its frame, and no two rooms stand on one place', () => {
    const boxes = [
      ...architecturePicture().matchAll(/<rect class="room \w+" x="(\d+)" y="(\d+)" width="(\d+)"/g),
    ].map(([, x, y, width]) => ({ x: Number(x), y: Number(y), width: Number(width) }));
    expect(boxes).toHaveLength(rooms.size);
    for (const box of boxes) {
      expect(box.x).toBeGreaterThanOrEqual(8);
      expect(box.x + box.width).toBeLessThanOrEqual(1172);
      expect(boxes.filter(({ x, y }) => y === box.y && x > box.x && x < box.x + box.width)).toEqual([]);
    }
  });

  test('has a light and a dark face, and asks for nothing outside itself', () => {
    const picture = architecturePicture();
    expect(picture).toContain('@media (prefers-color-scheme:dark)');
    expect(picture.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|href|<script|@import/);
  });

  test('leaves out an import that another path goes around, and no other', () => {
    const chain = new Map([room('a', ['b', 'c']), room('b', ['c']), room('c', [])]);
    expect(Object.fromEntries(withoutDetours(chain))).toEqual({ a: ['b'], b: ['c'], c: [] });
  });
});
