import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { assertWritable, findGeneration } from '../../../src/openclaw/generation.ts';
import { findInstallation } from '../../../src/openclaw/installation.ts';
import { findInLayout } from '../../../src/openclaw/layout-findings.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

function places() {
  const stateDirectory = temporaryDirectory();
  const agentDirectory = join(stateDirectory, 'agents/main/agent');
  mkdirSync(agentDirectory, { recursive: true });
  mkdirSync(join(stateDirectory, 'state'));
  return { stateDirectory, agentDirectory };
}

/** A PATH with an installed openclaw of that version, linked as npm links it. */
function pathWith(version: string): string {
  const prefix = temporaryDirectory();
  const packageDirectory = join(prefix, 'lib/node_modules/openclaw');
  mkdirSync(packageDirectory, { recursive: true });
  mkdirSync(join(prefix, 'bin'));
  writeFileSync(join(packageDirectory, 'package.json'), JSON.stringify({ name: 'openclaw', version }));
  writeFileSync(join(packageDirectory, 'openclaw.mjs'), '');
  symlinkSync('../lib/node_modules/openclaw/openclaw.mjs', join(prefix, 'bin/openclaw'));
  return ['/nonexistent', join(prefix, 'bin')].join(delimiter);
}

describe('the generation of the store', () => {
  test.each([
    ['agents/main/agent/openclaw-agent.sqlite', 'C'],
    ['agents/main/agent/auth-state.json', 'B'],
    ['agents/main/agent/auth-profiles.json', 'A'],
  ])('is told from %s on disk: %s', (file, generation) => {
    const at = places();
    writeFileSync(join(at.stateDirectory, file), '{}');
    expect(findGeneration(at)).toEqual({ generation, from: 'disk' });
  });

  test.each([
    ['state/openclaw.sqlite', 'in the database'],
    ['state/openclaw.sqlite-wal', 'in what is not yet checkpointed into it'],
  ])('is D where the shared state database says that it keeps the credentials: %s, %s', (file) => {
    const at = places();
    writeFileSync(
      join(at.stateDirectory, file),
      'SQLite format 3\0 … auth.sharedStore{"location":"state-db"}',
    );
    expect(findGeneration(at)).toEqual({ generation: 'D', from: 'disk' });
  });

  test('is C where there is a shared state database that keeps no credentials, as versions from 2026.6.1 make one', () => {
    const at = places();
    writeFileSync(join(at.stateDirectory, 'state/openclaw.sqlite'), 'SQLite format 3\0');
    expect(findGeneration(at)).toEqual({ generation: 'C', from: 'disk' });
  });

  test.each([
    ['2026.4.5', 'A'],
    ['2026.4.7', 'B'],
    ['2026.4.21', 'B'],
    ['2026.4.22', 'B'],
    ['2026.5.28', 'B'],
    ['2026.6.11', 'C'],
    ['2026.8.2', 'D'],
    ['2026.9.6-beta.1', 'D'],
    ['2027.1.0', 'D'],
  ])('is told from the installed openclaw %s where nothing is on disk: %s', (version, generation) => {
    expect(
      findGeneration({
        ...places(),
        installation: findInstallation({ environment: { PATH: pathWith(version) } }),
      }),
    ).toEqual({
      generation,
      from: 'package',
      version,
    });
  });

  test('is assumed to be A where there is nothing at all', () => {
    expect(
      findGeneration({ ...places(), installation: findInstallation({ environment: { PATH: '' } }) }),
    ).toEqual({
      generation: 'A',
      from: 'assumed',
    });
  });

  test.each(['C', 'D'] as const)(
    '%s without an OpenClaw in reach is refused with the command to run instead: a file would be read by nobody',
    (generation) => {
      expect(() => assertWritable({ generation, from: 'disk' }, '/x')).toThrow(
        expect.objectContaining({
          code: 'ERR_STORE_GENERATION',
          exitCode: 7,
          message: expect.stringContaining('openclaw models auth login'),
        }),
      );
      expect(() => assertWritable({ generation, from: 'disk', version: '2026.8.2' }, '/x')).not.toThrow();
    },
  );

  test('files of before beside an OpenClaw that keeps a database are refused until it has moved them', () => {
    const at = places();
    writeFileSync(join(at.agentDirectory, 'auth-profiles.json'), '{}');
    const finding = findGeneration({ ...at, installation: { version: '2026.9.6' } });
    expect(finding).toMatchObject({ generation: 'D', migrationPending: true });
    expect(() => assertWritable(finding, at.agentDirectory)).toThrow(/openclaw doctor --fix/);
  });

  test.each([
    ['agents/main/agent/openclaw-agent.sqlite', '', '2026.5.28', 'C'],
    ['agents/main/agent/openclaw-agent.sqlite', '', '2026.4.5', 'C'],
    ['state/openclaw.sqlite', 'auth.sharedStore', '2026.6.11', 'D'],
    ['state/openclaw.sqlite', 'auth.sharedStore', '2026.5.28', 'D'],
  ])(
    'a database of a newer OpenClaw than the one in reach is refused, never written a file beside: %s%s by %s',
    (file, content, version, generation) => {
      const at = places();
      writeFileSync(join(at.stateDirectory, file), content);
      const found = findGeneration({ ...at, installation: { version } });
      expect(found).toEqual({ generation, from: 'disk', version, newerOnDisk: true });
      expect(() => assertWritable(found, at.agentDirectory)).toThrow(
        expect.objectContaining({
          code: 'ERR_STORE_GENERATION',
          message: expect.stringContaining(
            `OpenClaw ${version}, which is the one in reach, does not read it`,
          ),
        }),
      );
    },
  );

  test.each([
    ['agents/main/agent/openclaw-agent.sqlite', '', '2026.9.6', 'D'],
    ['state/openclaw.sqlite', 'auth.sharedStore', '2026.8.2', 'D'],
  ])(
    'a database of the one in reach, or of an older one, is let through: %s%s by %s',
    (file, content, version, generation) => {
      const at = places();
      writeFileSync(join(at.stateDirectory, file), content);
      const found = findGeneration({ ...at, installation: { version } });
      expect(found).toEqual({ generation, from: 'disk', version });
      expect(() => assertWritable(found, at.agentDirectory)).not.toThrow();
    },
  );

  test('files of before that another agent has are refused, too, from 2026.8 on: they end every agent', () => {
    const at = places();
    const work = join(at.stateDirectory, 'agents/work/agent');
    mkdirSync(work, { recursive: true });
    writeFileSync(join(work, 'auth-profiles.json'), '{}');
    const agentDirectories = [at.agentDirectory, work];
    const found = findGeneration({ ...at, agentDirectories, installation: { version: '2026.9.6' } });
    expect(found).toMatchObject({ generation: 'D', migrationPending: true, pendingIn: work });
    expect(() => assertWritable(found, at.agentDirectory)).toThrow(work);
    expect(findInLayout(at.agentDirectory, found)).toMatchObject([
      { id: 'generation', subject: work, remedy: 'openclaw doctor --fix' },
    ]);
    // 2026.6.11 passes them over.
    const earlier = findGeneration({ ...at, agentDirectories, installation: { version: '2026.6.11' } });
    expect(earlier).toEqual({ generation: 'C', from: 'package', version: '2026.6.11' });
  });
});
