import { defineConfig } from 'vitest/config';

import { ComplianceReporter } from './scripts/compliance/reporter.mjs';
import { ClosingLine } from './test/support/closing-line.ts';

const compliance = new ComplianceReporter();

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**', '**/node_modules/**'],
    globalSetup: ['test/support/set-up.ts'],
    reporters: ['default', compliance, new ClosingLine(compliance)],
    // The compliance page shows tests that share a place, the rows of a table, as one.
    includeTaskLocation: true,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Much of the suite waits for processes and sockets, one test for half a minute: four keep two cores busy.
    maxWorkers: 4,
    typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
  },
});
