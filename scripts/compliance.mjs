// Runs every test that names a requirement, and writes docs/compliance.md: `npm run compliance`.

import { startVitest } from 'vitest/node';

import { ComplianceReporter, filesWithIds } from './compliance/reporter.mjs';

const vitest = await startVitest('test', filesWithIds(), {
  run: true,
  watch: false,
  reporters: ['default', new ComplianceReporter({ write: true })],
});
await vitest.close();
