/**
 * A QR code as text: for the device page, so that nobody has to type its address into a phone.
 * It decides how modules become characters; when one is shown, and beside which text, the story does.
 */

/** Rows of modules without a margin; true is dark. */
export type QrCode = readonly (readonly boolean[])[];

/** `fixed`: black on white whatever the theme; `basic`: the same of eight colours; `on-dark`, `on-light`: no colours at all. */
export type QrStyle = 'fixed' | 'basic' | 'on-dark' | 'on-light';

/** The margin that a scanner wants (ISO/IEC 18004), and the one that most are content with. */
const MARGINS = [4, 2] as const;

/** @param text up to a few hundred characters: an address */
export async function createQrCode(text: string): Promise<QrCode> {
  const { encode } = await import('uqr');
  return encode(text, { ecc: 'M', border: 0 }).data;
}

/**
 * Lines of half blocks, two rows of modules each, with the widest margin that fits.
 * @returns undefined where the terminal is too narrow: a wrapped code cannot be scanned
 */
export function drawQrCode(code: QrCode, style: QrStyle, width: number): readonly string[] | undefined {
  const margin = MARGINS.find((margin) => code.length + 2 * margin <= width);
  if (margin === undefined) return undefined;
  const size = code.length + 2 * margin;
  const isDark = (row: number, column: number) => code[row - margin]?.[column - margin] ?? false;
  // Without colours what is drawn has the colour of the text, and on a dark ground that is the light modules.
  const isDrawn = (row: number, column: number) =>
    style === 'on-dark' ? row < size && !isDark(row, column) : isDark(row, column);
  const [begin, end] = PAINT[style];
  return Array.from({ length: Math.ceil(size / 2) }, (_, line) => {
    const characters = Array.from({ length: size }, (_, column) => {
      const upper = isDrawn(2 * line, column);
      const lower = isDrawn(2 * line + 1, column);
      return upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ';
    });
    return `${begin}${characters.join('')}${end}`;
  });
}

/** Colours 16 and 231 of 256 are black and white, which no theme changes. */
const PAINT: Readonly<Record<QrStyle, readonly [begin: string, end: string]>> = {
  fixed: ['\u001b[38;5;16;48;5;231m', '\u001b[0m'],
  basic: ['\u001b[30;47m', '\u001b[0m'],
  'on-dark': ['', ''],
  'on-light': ['', ''],
};

/**
 * How a code is drawn on this terminal.
 * @param colored whether colours may be written
 * @param environment `TERM`, and `COLORFGBG`, by which some terminals say what their ground is (7 and 15 are light)
 */
export function qrStyleFor(
  colored: boolean,
  { TERM = '', COLORFGBG = '' }: Readonly<Record<string, string | undefined>>,
): QrStyle {
  if (colored) return /^(?:linux|ansi|cygwin|vt\d)/.test(TERM) ? 'basic' : 'fixed';
  return /;(?:7|15)$/.test(COLORFGBG) ? 'on-light' : 'on-dark';
}
