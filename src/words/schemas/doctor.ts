/** The lines of `doctor --json`: a finding each, then the result. It owns their shape in zod; `findings` owns the names. */

import { z } from 'zod';

import type { DoctorResult, FindingEvent } from '../events/doctor.ts';
import { FINDINGS, type FindingId } from '../findings.ts';
import { agreed } from './agreed.ts';
import { base, succeeded } from './envelope.ts';

export const findingEvent = agreed<FindingEvent>()(
  z.object({
    ...base,
    type: z.literal('finding'),
    id: z.enum(Object.keys(FINDINGS) as [FindingId, ...FindingId[]]),
    severity: z.enum(['error', 'warning', 'info']),
    subject: z.string().describe("what it is about: a profile's id, an agent, a file, a variable"),
    message: z.string().describe('what was found'),
    reason: z.string().describe('why it matters'),
    remedy: z.string().describe('the next step'),
    fixable: z.boolean().describe('whether doctor --fix repairs it'),
    fixed: z.literal(true).optional().describe('with --fix: it was found, and is gone now'),
  }),
);

export const doctorResult = agreed<DoctorResult>()(
  z.object({
    ...succeeded,
    provider: z.string(),
    store: z.string(),
    generation: z.string(),
    healthy: z.boolean().describe('no finding left that is more than worth knowing; false: exit status 9'),
    errors: z.int(),
    warnings: z.int(),
    infos: z.int(),
    fixable: z.int().describe('how many of those left doctor --fix repairs'),
    fixed: z.int().optional().describe('with --fix: how many were repaired'),
    backups: z
      .array(z.object({ file: z.string(), backup: z.string() }))
      .optional()
      .describe('with --fix: where the bytes are that were there before'),
    changes: z
      .array(z.object({ file: z.string(), difference: z.string() }))
      .optional()
      .describe('with --dry-run: what --fix would change, as a unified difference; secrets are masked'),
    gateway: z
      .enum(['absent', 'reloaded', 'stale'])
      .optional()
      .describe('with --fix: what became of a gateway'),
  }),
);
