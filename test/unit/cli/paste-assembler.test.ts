import { describe, expect, test } from 'vitest';

import { createPasteAssembler } from '../../../src/cli/paste-assembler.ts';
import { createVirtualClock } from '../../support/clock.ts';

const begin = '\u001b[200~';
const end = '\u001b[201~';

async function assemble(...pieces: (string | number)[]): Promise<string[]> {
  const clock = createVirtualClock();
  const pastes: string[] = [];
  const assembler = createPasteAssembler(clock, (text) => pastes.push(text));
  for (const piece of pieces) {
    if (typeof piece === 'number') await clock.advance(piece);
    else assembler.add(piece);
  }
  return pastes;
}

describe('what a terminal hands over', () => {
  test('is a paste at once when the terminal marks its end', async () => {
    expect(await assemble(`${begin}one\n`, 1_999, 'two\n', `three${end}\n`)).toEqual(['one\ntwo\nthree']);
  });

  test('is one paste when its lines come close together, and two when a person paused', async () => {
    expect(await assemble('one\n', 50, 'two\n', 119)).toEqual([]);
    expect(await assemble('one\n', 50, 'two\n', 120)).toEqual(['one\ntwo']);
    expect(await assemble('one\n', 120, 'two\n', 120)).toEqual(['one', 'two']);
  });

  test('is a paste although its end was lost: a terminal keeps 4,095 bytes of a line', async () => {
    expect(await assemble(`${begin}${'x'.repeat(4_089)}\n`, 1_999)).toEqual([]);
    expect(await assemble(`${begin}${'x'.repeat(4_089)}\n`, 2_000, `${begin}right${end}\n`)).toEqual([
      'x'.repeat(4_089),
      'right',
    ]);
  });

  test('is nothing when it is an empty line', async () => {
    expect(await assemble('\n', 1_000, `${begin}${end}\n`, 1_000)).toEqual([]);
  });

  test('is kept to its last 32,768 characters', async () => {
    const [text = ''] = await assemble('x'.repeat(100_000), '\n', 120);
    expect(text.length).toBeLessThanOrEqual(32_768);
  });
});
