import { describe, expect, test } from 'vitest';

import { createQrCode, drawQrCode, qrStyleFor } from '../../../src/cli/qr-code.ts';
import { DARK, LIGHT, scan } from '../../support/scanner.ts';

const page = 'https://auth.openai.com/codex/device';
const drawn = async (...[style, width = 80]: [Parameters<typeof drawQrCode>[1], number?]) =>
  drawQrCode(await createQrCode(page), style, width) ?? [];

describe('a QR code', () => {
  test.each([
    ['fixed', 'dark', DARK],
    ['fixed', 'light', LIGHT],
    ['basic', 'dark', DARK],
    ['basic', 'light', LIGHT],
    ['on-dark', 'dark', DARK],
    ['on-light', 'light', LIGHT],
  ] as const)(
    'drawn %s is read from a %s terminal by a scanner that takes no negatives',
    async (style, _, theme) => {
      expect(scan(await drawn(style), theme)).toBe(page);
    },
  );

  test('drawn without colours on the wrong ground is a negative, which newer scanners read', async () => {
    expect(scan(await drawn('on-dark'), LIGHT)).toBeNull();
    expect(scan(await drawn('on-dark'), LIGHT, { strict: false })).toBe(page);
  });

  test.each([
    ['80 columns, with the margin of the standard', 80, 37],
    ['40 columns', 40, 37],
    ['36 columns, with a smaller margin', 36, 33],
  ])('fits %s', async (_, width, columns) => {
    const lines = await drawn('on-dark', width);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([columns]));
    expect(lines.length).toBeLessThan(20);
    expect(scan(lines, DARK)).toBe(page);
  });

  test('is not drawn where it would wrap', async () => {
    expect(drawQrCode(await createQrCode(page), 'fixed', 32)).toBeUndefined();
  });

  test('holds a longer address, with a code in it, too', async () => {
    const long = `${page}?user_code=ABCD-12345&from=a-terminal-that-is-far-away-from-any-browser`;
    expect(scan(drawQrCode(await createQrCode(long), 'fixed', 80) ?? [], LIGHT)).toBe(long);
  });

  test.each([
    [true, { TERM: 'xterm-256color' }, 'fixed'],
    [true, { TERM: 'linux' }, 'basic'],
    [true, { TERM: 'vt220' }, 'basic'],
    [false, { COLORFGBG: '0;15' }, 'on-light'],
    [false, { COLORFGBG: '0;default;7' }, 'on-light'],
    [false, { COLORFGBG: '15;0' }, 'on-dark'],
    [false, {}, 'on-dark'],
  ] as const)('with colours %s and %o is drawn %s', (colored, environment, style) => {
    expect(qrStyleFor(colored, environment)).toBe(style);
  });
});
