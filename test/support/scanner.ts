/** A phone held before a terminal: draws what was written as pixels, in the terminal's own colours, and decodes the QR code. */

import jsQR from 'jsqr';

export interface Theme {
  readonly ground: Rgb;
  readonly text: Rgb;
}
type Rgb = readonly [red: number, green: number, blue: number];

export const DARK: Theme = { ground: [30, 30, 46], text: [205, 214, 244] };
export const LIGHT: Theme = { ground: [253, 246, 227], text: [88, 110, 117] };

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
const GREY: Rgb = [190, 190, 190];
/** The sequences that may be used, and what they make of ground and text. */
const COLORS: Readonly<Record<string, (theme: Theme) => Theme>> = {
  '38;5;16;48;5;231': () => ({ text: BLACK, ground: WHITE }),
  '30;47': () => ({ text: BLACK, ground: GREY }),
  '0': (theme) => theme,
};

const PARTS = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m|.`, 'gu');

/** Pixels a module, and modules of bare terminal around what was written. */
const SCALE = 4;
const AROUND = 6;

/** @returns the decoded text; null where nothing was recognized. A scanner that is strict does not try the negative. */
export function scan(lines: readonly string[], theme: Theme, { strict = true } = {}): string | null {
  const rows = lines.flatMap((line) => cellsOf(line, theme));
  const width = Math.max(...rows.map((row) => row.length)) + 2 * AROUND;
  const height = rows.length + 2 * AROUND;
  const pixels = new Uint8ClampedArray(width * height * SCALE * SCALE * 4);
  for (let y = 0; y < height * SCALE; y += 1) {
    for (let x = 0; x < width * SCALE; x += 1) {
      const row = Math.floor(y / SCALE) - AROUND;
      const column = Math.floor(x / SCALE) - AROUND;
      pixels.set([...(rows[row]?.[column] ?? theme.ground), 255], (y * width * SCALE + x) * 4);
    }
  }
  const inversionAttempts = strict ? 'dontInvert' : 'attemptBoth';
  return jsQR.default(pixels, width * SCALE, height * SCALE, { inversionAttempts })?.data ?? null;
}

/** One line of characters is two rows of modules. */
function cellsOf(line: string, theme: Theme): [upper: Rgb[], lower: Rgb[]] {
  let { ground, text } = theme;
  const upper: Rgb[] = [];
  const lower: Rgb[] = [];
  for (const [part, color] of line.matchAll(PARTS)) {
    if (color !== undefined) {
      const paint = COLORS[color];
      if (paint === undefined) throw new Error(`A sequence that no scanner was told of: ${color}`);
      ({ ground, text } = paint(theme));
      continue;
    }
    const known = { '█': [text, text], '▀': [text, ground], '▄': [ground, text], ' ': [ground, ground] }[
      part
    ];
    if (known === undefined) throw new Error(`A character that is no module: ${JSON.stringify(part)}`);
    upper.push(known[0] as Rgb);
    lower.push(known[1] as Rgb);
  }
  return [upper, lower];
}
