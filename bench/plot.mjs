// Bars as SVG, by hand: one picture for light pages and one for dark ones. Lengths are logarithmic, because the slowest is fifty
// times the fastest.

const THEMES = {
  light: { text: '#1f2328', faint: '#59636e', own: '#0969da', other: '#9ca3af' },
  dark: { text: '#f0f6fc', faint: '#9198a1', own: '#4493f8', other: '#656c76' },
};
const WIDTH = 790;
const LEFT = 280;
const ROW = 24;

/** The bars of the tables in docs/performance.md: a picture says nothing that the page does not say. */
export function groupsIn(text) {
  const rowsOf = (part) => {
    const [, body = ''] =
      new RegExp(`<!-- ${part}: start -->([\\s\\S]*?)<!-- ${part}: end -->`).exec(text) ?? [];
    const lines = body.split('\n').filter((line) => line.startsWith('| '));
    return lines.slice(2).map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  };
  // Of the programs only ours; beside the start of Node.js everything but that.
  const isOwn = (name) =>
    name.includes('@') ? name.startsWith('codex-login@') : !name.startsWith('node -e');
  const seconds = (cells) => Number.parseFloat(cells.at(-3)) * 1000;
  const bar = (name, figure) => ({ name, ms: Number.parseFloat(figure), isOwn: isOwn(name) });
  const programs = (part) => rowsOf(part).map(([, name, figure]) => bar(name, figure));
  return [
    [
      'Beside the start of Node.js',
      rowsOf('own').map(([, version, what, figure]) =>
        bar(`${what}, Node.js ${version.split('.')[0]}`, figure),
      ),
    ],
    ['From the command to its address, at a terminal', programs('start')],
    ['From the callback to the credential on disk', programs('callback')],
    [
      'An expired token: from the start of a process to a good one',
      rowsOf('refresh').map(([, name, figure]) => bar(name.replace(/ \(.*/, ''), figure)),
    ],
    [
      'An installation with an empty cache, at 100 Mbit/s',
      rowsOf('size').map((cells) => bar(cells[1], String(seconds(cells)))),
    ],
  ].filter(([, bars]) => bars.length > 0);
}

/** @param groups `[title, [{ name, ms, isOwn }]]` */
export function plot(groups, theme) {
  const { text, faint, own, other } = THEMES[theme];
  const all = groups.flatMap(([, bars]) => bars.map(({ ms }) => ms));
  const [least, most] = [Math.min(...all) / 2, Math.max(...all)];
  const length = (ms) => ((WIDTH - LEFT - 90) * Math.log(ms / least)) / Math.log(most / least);
  const parts = [];
  let y = 28;
  for (const [title, bars] of groups) {
    parts.push(`<text x="10" y="${y}" font-weight="600" fill="${text}">${escaped(title)}</text>`);
    y += 12;
    for (const { name, ms, isOwn } of bars) {
      const width = length(ms).toFixed(1);
      parts.push(
        `<text x="${LEFT - 10}" y="${y + 14}" text-anchor="end" fill="${text}">${escaped(name)}</text>`,
        `<rect x="${LEFT}" y="${y + 3}" width="${width}" height="15" rx="3" fill="${isOwn ? own : other}"/>`,
        `<text x="${LEFT + Number(width) + 8}" y="${y + 14}" fill="${faint}">${ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms</text>`,
      );
      y += ROW;
    }
    y += 30;
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y - 14}" viewBox="0 0 ${WIDTH} ${y - 14}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Medians in milliseconds, logarithmic">`;
  return `${head}\n${parts.join('\n')}\n</svg>\n`;
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
