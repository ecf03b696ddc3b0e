// Runs every test that names a requirement, and writes docs/compliance.md: `npm run compliance`.

import { startVitest } from 'vitest/node';

import { ComplianceReporter, filesWithIds } from './compliance/reporter.mjs';

const vitest = await startVitest('test', filesWithIds(), {
  run: true,
  watch: false,
  // On a busy machine a limit of time may be missed, which says nothing about the code.
  retry: 2,
  testTimeout: 180_000,
  reporters: ['default', new ComplianceReporter({ write: true })],
});
await vitest.close();
