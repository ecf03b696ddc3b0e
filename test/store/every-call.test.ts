import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';

import { recordLogin } from '../../src/store/edits/login.ts';
import { openFileStore } from '../../src/store/file/file-store.ts';
import { nodeFileSystem } from '../../src/store/file/file-system.ts';
import {
  ERRORS,
  killAtEveryCall,
  losePowerAtEveryCall,
  refuseEveryCall,
  stopAtEveryCall,
} from '../support/crash-trials.mjs';

/** The small forms; `npm run soak` runs each in every scenario. */
const modules = {
  openFileStore,
  recordLogin,
  nodeFileSystem,
  // In memory where that can be: neither signals nor errors nor the model ask what kind of disk it is, and fsync takes its time.
  under: existsSync('/dev/shm') ? '/dev/shm' : tmpdir(),
};
const onLinux = test.runIf(process.platform === 'linux');
const dist = () => join(inject('installed'), 'node_modules/codex-login/dist/src/store');

describe('a commit, at every one of its calls to the file system', () => {
  test('S-1 S-2 S-7 killed, leaves the old store or the new one, and a lock that the next run takes over at once', async () => {
    const { trials, calls, flaws } = await killAtEveryCall(modules, dist(), 'replace', ['before']);
    expect(flaws).toEqual([]);
    expect(trials).toBe(calls.length);
    for (const line of ['linkSync draft', 'writeSync temporary', 'renameSync temporary', 'unlinkSync lock'])
      expect(calls).toContain(line);
  });

  test('S-8 S-2 S-7 refused with any error: reported as failed it has left the old bytes, or says that nobody knows', async () => {
    const { trials, calls, flaws, failed, unknown } = await refuseEveryCall(modules, 'replace', ['once']);
    expect(flaws).toEqual([]);
    expect(trials).toBeGreaterThanOrEqual(calls.length * ERRORS.length);
    expect(failed).toBeGreaterThan(trials / 2);
    // Nothing but the fsync of the directory can fail after the rename and matter.
    expect(unknown).toBe(ERRORS.length);
  });

  test('S-8 S-7 refused for good from there on, it has left the old bytes all the same, and the next run clears up', async () => {
    const { flaws } = await refuseEveryCall(modules, 'takeover', ['for good'], ['ENOSPC', 'EIO']);
    expect(flaws).toEqual([]);
  });

  test.each(['replace', 'first', 'link'] as const)(
    'S-8 S-1 S-2 cut off by a loss of power (%s): any state that may be found is old or new, and new once it was acknowledged',
    async (scenario) => {
      const { trials, flaws } = await losePowerAtEveryCall(modules, scenario);
      expect(flaws).toEqual([]);
      expect(trials).toBeGreaterThan(100);
    },
  );

  onLinux(
    'S-5 stopped for longer than a lock lives, never overwrites the newer state, but for the one call after the last look',
    async () => {
      const { trials, flaws, windows } = await stopAtEveryCall(modules, dist(), 'replace');
      expect(flaws).toEqual([]);
      expect(trials).toBeGreaterThan(25);
      expect(windows).toEqual(['renameSync temporary']);
    },
  );
});
