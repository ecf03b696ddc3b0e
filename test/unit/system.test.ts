import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { systemClock, systemOpenUrl, systemOpenUrlAnyway, systemProbe } from '../../src/system.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test.each([
  'file:///etc/passwd',
  'javascript:alert(1)',
  'http://example.com/',
  'http://localhost.evil.example/',
])('R-8252-1 %s is never opened: https and loopback only', async (url) => {
  for (const open of [systemOpenUrl, systemOpenUrlAnyway])
    expect(await open(url)).toEqual({ opened: false, reason: 'the URL is neither https nor loopback' });
});

test('a sign of the place is read up to 64 KiB, and what cannot be read is no sign', () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'sign');
  writeFileSync(path, 'x'.repeat(100_000));
  expect(systemProbe.readText(path)).toHaveLength(65_536);
  expect(systemProbe.exists(path)).toBe(true);
  for (const missing of [directory, join(path, 'below'), join(directory, 'missing')])
    expect(systemProbe.readText(missing)).toBeUndefined();
});

// A timer of Node holds 24.8 days; one that is set for longer ends at once, with a warning on stderr.
test.each([30 * 24 * 60 * 60 * 1000, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])(
  'a sleep of %d ms lasts until it is aborted, and Node has nothing to warn of',
  async (ms) => {
    const warnings: string[] = [];
    const listener = ({ name }: Error) => void warnings.push(name);
    process.on('warning', listener);
    onTestFinished(() => void process.off('warning', listener));
    const controller = new AbortController();
    const sleep = systemClock.sleep(ms, controller.signal).then(
      () => 'over',
      () => 'aborted',
    );
    await systemClock.sleep(20);
    controller.abort();
    expect(await sleep).toBe('aborted');
    expect(warnings).toEqual([]);
  },
);
