// Where each room stands in the picture: rows from the doors down, and within a row near what it imports.

import { FLOORS, floorOf } from './floors.mjs';

/**
 * @typedef {{ name: string, floor: string, row: number, x: number, y: number, width: number, height: number }} Box
 */

export const WIDTH = 1180;
const MARGIN = 20;
const ROW = { doors: 66, stories: 74, hands: 92, rules: 52, words: 54 };
const HEIGHT = { doors: 42, stories: 34, hands: 60, rules: 34, words: 42 };
const HEAD = 26;

/**
 * @param {Map<string, { name: string }>} rooms
 * @param {Map<string, string[]>} imports
 * @returns {{ boxes: Map<string, Box>, bands: { floor: (typeof FLOORS)[number], y: number, height: number }[], height: number }}
 */
export function layOut(rooms, imports) {
  const boxes = new Map();
  const bands = [];
  let y = MARGIN;
  for (const floor of FLOORS) {
    const names = [...rooms.keys()].filter((name) => floorOf(name) === floor.name);
    const rows = rowsIn(floor.name, names, imports);
    bands.push({ floor, y, height: HEAD + rows.length * ROW[floor.name] });
    for (const [row, members] of rows.entries())
      for (const name of members)
        boxes.set(name, {
          name,
          floor: floor.name,
          row: bands.length * 100 + row,
          x: 0,
          y: y + HEAD + row * ROW[floor.name] + 8,
          width: widthOf(name, floor.name),
          height: HEIGHT[floor.name],
        });
    y += HEAD + rows.length * ROW[floor.name] + 10;
  }
  arrange(boxes, imports);
  return { boxes, bands, height: y + MARGIN - 10 };
}

/** The one hand that others may use stands below them. */
function rowsIn(floor, names, imports) {
  if (floor === 'hands')
    return [names.filter((name) => name !== 'system'), names.filter((name) => name === 'system')];
  return floor === 'stories' ? rowsOf(names, imports) : [names];
}

/** Stories by how many stories are below them, the highest first. */
function rowsOf(names, imports) {
  const depth = (name) =>
    Math.max(
      0,
      ...(imports.get(name) ?? []).filter((other) => names.includes(other)).map((other) => depth(other) + 1),
    );
  const highest = Math.max(...names.map(depth));
  return Array.from({ length: highest + 1 }, (_, row) =>
    names.filter((name) => depth(name) === highest - row),
  );
}

const widthOf = (name, floor) =>
  floor === 'hands' ? 160 : Math.max(floor === 'doors' ? 110 : 64, Math.round(name.length * 7.6) + 22);

/** Rows are sorted by where their neighbours stand, from below and from above in turn, until that settles. */
function arrange(boxes, imports) {
  const rows = [...new Set([...boxes.values()].map(({ row }) => row))]
    .sort((a, b) => a - b)
    .map((row) => [...boxes.values()].filter((box) => box.row === row));
  const importers = new Map();
  for (const [name, targets] of imports)
    for (const target of targets) importers.set(target, [...(importers.get(target) ?? []), name]);
  for (const row of rows) spread(row);
  for (let turn = 0; turn < 12; turn += 1) {
    const near = turn % 2 === 0 ? imports : importers;
    const order = turn % 2 === 0 ? [...rows].reverse() : rows;
    for (const row of order) {
      const wish = new Map(row.map((box) => [box, meanOf(box, near, boxes)]));
      row.sort((a, b) => wish.get(a) - wish.get(b) || (a.name < b.name ? -1 : 1));
      spread(row, wish);
    }
  }
}

const middleOf = (box) => box.x + box.width / 2;

function meanOf(box, near, boxes) {
  const others = (near.get(box.name) ?? []).map((name) => boxes.get(name)).filter(Boolean);
  return others.length === 0
    ? middleOf(box)
    : others.reduce((sum, other) => sum + middleOf(other), 0) / others.length;
}

/** One beside the other, each as near to where it wishes to stand as the others let it. */
function spread(row, wish) {
  const gap = gapIn(row);
  let offset = 0;
  const slots = row.map((box) => {
    const from = offset;
    offset += box.width + gap;
    return { from, wished: wish ? wish.get(box) - box.width / 2 - from : 0 };
  });
  const room = WIDTH - 2 * MARGIN - (offset - gap);
  const shifts = wish ? ascending(slots.map(({ wished }) => wished - MARGIN)) : slots.map(() => room / 2);
  for (const [index, box] of row.entries())
    box.x = Math.round(MARGIN + slots[index].from + Math.min(Math.max(shifts[index], 0), room));
}

/** The fewer stand in a row, the more room there is between them. */
function gapIn(row) {
  const left = WIDTH - 2 * MARGIN - row.reduce((sum, { width }) => sum + width, 0);
  return Math.min(72, Math.floor(left / Math.max(1, row.length - 1)));
}

/** The numbers that never fall and are as near to these as can be: neighbours that would are taken together. */
function ascending(numbers) {
  const groups = [];
  for (const number of numbers) {
    groups.push({ sum: number, count: 1 });
    while (groups.length > 1 && meanIn(groups.at(-2)) > meanIn(groups.at(-1))) {
      const { sum, count } = groups.pop();
      groups.at(-1).sum += sum;
      groups.at(-1).count += count;
    }
  }
  return groups.flatMap((group) => Array.from({ length: group.count }, () => meanIn(group)));
}

const meanIn = ({ sum, count }) => sum / count;
