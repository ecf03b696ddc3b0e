// docs/images/architecture.svg: the rooms of src on their floors, and who imports whom, as the code has it.

import { FLOORS, floorOf, WORLD } from './floors.mjs';
import { readRooms, withoutDetours } from './graph.mjs';
import { layOut, WIDTH } from './layout.mjs';

export function architecturePicture(rooms = readRooms()) {
  const imports = withoutDetours(rooms);
  // Everybody may use words: lines to them would say nothing.
  for (const [name, targets] of imports)
    imports.set(
      name,
      targets.filter((target) => floorOf(target) !== 'words'),
    );
  const { boxes, bands, height } = layOut(rooms, imports);
  const lines = [...imports].flatMap(([name, targets]) =>
    targets.map((target) => line(boxes.get(name), boxes.get(target))),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="t d">`,
    '<title id="t">The rooms of codex-login on their floors</title>',
    `<desc id="d">${FLOORS.map(({ name }) => `${name}: ${[...rooms.keys()].filter((room) => floorOf(room) === name).join(', ')}`).join('. ')}.</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="8"/>`,
    ...bands.map(band),
    ...lines,
    ...bands.map(label),
    ...[...boxes.values()].map((box) => room(box, rooms.get(box.name))),
    '</svg>\n',
  ].join('\n');
}

const band = ({ floor, y, height }) =>
  `<rect class="band ${floor.name}" x="8" y="${y}" width="${WIDTH - 16}" height="${height}" rx="6"/>`;

const label = ({ floor, y }) =>
  `<text class="floor" x="20" y="${y + 18}">${floor.name.toUpperCase()}<tspan class="says" dx="10">${floor.says}</tspan></text>`;

function line(from, to) {
  const [x1, y1] = [from.x + from.width / 2, from.y + from.height];
  const [x2, y2] = [to.x + to.width / 2, to.y];
  const bend = Math.max(14, Math.round((y2 - y1) / 2));
  return `<path class="${from.floor}" d="M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}"/>`;
}

function room({ name, floor, x, y, width, height }, { files, packages }) {
  const middle = x + width / 2;
  const label = files > 1 ? `${name}/` : name;
  const below = [WORLD[name], packages.join(', ')].filter((text) => text !== undefined && text !== '');
  const small = below.map(
    (text, index) => `<text class="small" x="${middle}" y="${y + 33 + index * 13}">${escaped(text)}</text>`,
  );
  const base = below.length === 0 ? y + height / 2 + 5 : y + 18;
  return [
    `<g><rect class="room ${floor}" x="${x}" y="${y}" width="${width}" height="${height}" rx="5"/>`,
    `<text x="${middle}" y="${base}">${label}</text>`,
    ...small,
    '</g>',
  ].join('');
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const STYLE = `
:root{--ground:#fff;--ink:#1f2328;--faint:#59636e;--room:#fff;--edge:#8c959f;--doors:#ddf4ff;--stories:#f6f8fa;--hands:#fff1e5;--rules:#dafbe1;--words:#fbefff}
@media (prefers-color-scheme:dark){:root{--ground:#0d1117;--ink:#f0f6fc;--faint:#9198a1;--room:#151b23;--edge:#656c76;--doors:#0c2d4f;--stories:#161b22;--hands:#341a00;--rules:#04260f;--words:#271052}}
text{font:600 13px ui-sans-serif,system-ui,"Segoe UI",sans-serif;fill:var(--ink);text-anchor:middle}
.floor{font-size:11px;letter-spacing:.08em;text-anchor:start;fill:var(--faint)}.says{font-weight:400;letter-spacing:0}
.small{font-size:10.5px;font-weight:400;fill:var(--faint)}
.ground{fill:var(--ground)}.room{fill:var(--room);stroke:var(--edge)}
.band.doors{fill:var(--doors)}.band.stories{fill:var(--stories)}.band.hands{fill:var(--hands)}.band.rules{fill:var(--rules)}.band.words{fill:var(--words)}
path{fill:none;stroke:var(--edge);stroke-width:1.1;opacity:.75}`.trim();
