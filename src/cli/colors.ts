/** The six styles that our texts use. Whether they are written, the terminal decides. `util.styleText` asks stdout about that by itself. */

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export type Colors = Readonly<Record<Style, (text: string) => string>>;

/** What turns each on and off again (ECMA-48 §8.3.117). */
const STYLES: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** @param enabled whether there are colours at all: otherwise each gives its text back */
export function createColors(enabled: boolean): Colors {
  const painters = Object.entries(STYLES).map(([style, [on, off]]) => {
    const begin = `\u001b[${on}m`;
    const end = `\u001b[${off}m`;
    // What ends a style inside this one ends this one as well.
    const paint = (text: string) => begin + text.replaceAll(end, end + begin) + end;
    return [style, enabled ? paint : (text: string) => text];
  });
  return Object.fromEntries(painters) as Colors;
}
