import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { openCredentialStore } from '../../../src/agents/credential-store.ts';
import { diagnose, planRepair, repair } from '../../../src/doctor.ts';
import { resolveCredential } from '../../../src/resolver.ts';
import { matters } from '../../../src/words/findings.ts';
import { DAMAGED, provider } from '../../support/damaged-stores.ts';
import { createPatient } from '../../support/doctor.ts';
import { expectInvariants } from '../../support/store-invariants.ts';

/** Every string that stands for a secret, or for a field that we do not know. */
const marksIn = (text: string) => [...new Set(text.match(/(?:planted|kept)-[\w-]+/g) ?? [])];
const idsOf = (findings: readonly { id: string }[]) => [...new Set(findings.map(({ id }) => id))].sort();

describe.each(DAMAGED.map((damage) => [damage.name, damage] as const))('%s', (_, damage) => {
  const { finds, left = [], selected } = damage;

  test('is found for what it is, and nothing else is', async () => {
    const patient = createPatient(damage);
    const before = patient.bytes();
    const { findings, healthy } = await diagnose(patient.options);
    expect(idsOf(findings)).toEqual([...new Set(finds)].sort());
    expect(healthy).toBe(!matters(findings));
    for (const { message, reason, remedy } of findings) {
      expect(message).toMatch(/\.$/);
      expect(reason).toMatch(/\.$/);
      expect(remedy).not.toBe('');
    }
    expect(patient.bytes()).toEqual(before);
    expect(JSON.stringify(findings)).not.toContain('planted');
  });

  test('is repaired as far as it can be, and the resolver then says what is used', async () => {
    const patient = createPatient(damage);
    const { findings, fixed } = await repair(patient.options);
    expect(idsOf(findings)).toEqual([...left].sort());
    expect(findings.filter(({ fixable }) => fixable)).toEqual([]);
    expect(idsOf(fixed)).toEqual(
      expect.arrayContaining(idsOf(finds.filter((id) => !left.includes(id)).map((id) => ({ id })))),
    );
    const opened = await openCredentialStore({
      clock: patient.options.clock,
      surroundings: patient.options.surroundings,
    });
    const resolution = await resolveCredential({ ...opened, provider });
    expect(resolution.status === 'resolved' ? resolution.profileId : undefined).toBe(selected);
    if (existsSync(patient.storePath)) {
      const { order = {} } = JSON.parse(readFileSync(patient.storePath, 'utf8'));
      expectInvariants(patient.storePath, { provider: Object.keys(order)[0] ?? provider });
    }
  });

  test('loses nothing by the repair: what was there is still in the file or in a backup', async () => {
    const patient = createPatient(damage);
    const before = patient.bytes();
    const { backups } = await repair(patient.options);
    const after = patient.bytes();
    const everything = Object.values(after).join('\n');
    for (const mark of marksIn(Object.values(before).join('\n'))) expect(everything).toContain(mark);
    for (const { file, backup } of backups) expect(readFileSync(backup, 'utf8')).toBe(before[file]);
    for (const [path, text] of Object.entries(before))
      if (after[path] !== text) expect(backups.map(({ file }) => file)).toContain(path);
  });

  test('is shown as a plan that changes nothing, tells no secret, and names what the repair then changes', async () => {
    const patient = createPatient(damage);
    const before = patient.bytes();
    const { changes } = await planRepair(patient.options);
    expect(patient.bytes()).toEqual(before);
    expect(JSON.stringify(changes)).not.toContain('planted');
    await repair(patient.options);
    const after = patient.bytes();
    const changed = Object.keys(before).filter((path) => after[path] !== before[path]);
    expect(changes.map(({ file }) => file).sort()).toEqual(changed.sort());
  });

  test('needs no second repair', async () => {
    const patient = createPatient(damage);
    await repair(patient.options);
    const { fixed, backups } = await repair(patient.options);
    expect({ fixed, backups }).toEqual({ fixed: [], backups: [] });
  });
});

test('the table has at least forty damaged stores, and no name twice', () => {
  expect(new Set(DAMAGED.map(({ name }) => name)).size).toBe(DAMAGED.length);
  expect(DAMAGED.length).toBeGreaterThanOrEqual(40);
});
