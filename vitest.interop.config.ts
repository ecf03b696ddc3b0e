import { defineConfig } from 'vitest/config';

import { ClosingLine } from './test/support/closing-line.ts';

// The shared set-up looks for a browser, and installs one where it can: none is needed here, so any program will do.
process.env.CHROMIUM_PATH ??= process.execPath;

export default defineConfig({
  test: {
    include: ['test/interop/**/*.test.ts'],
    globalSetup: ['test/interop/set-up.ts', 'test/support/set-up.ts'],
    reporters: ['default', new ClosingLine()],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
