import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const STATIC = /^(?:import|export) (?!type\b)(?:[^;]*? from )?'([^']+)';/gms;

/** What is loaded with these files, whatever is asked for later. */
function loadedWith(...files: string[]): { files: string[]; packages: string[] } {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, specifier = ''] of readFileSync(join(root, file), 'utf8').matchAll(STATIC)) {
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  };
  for (const file of files) visit(file);
  return { files: [...seen].sort(), packages: [...packages].sort() };
}

describe('what a login loads before its address is printed', () => {
  const { files, packages } = loadedWith('src/cli/bin.ts', 'src/cli/login.ts');

  test.each([
    ['help', ['src/cli/help.ts', 'src/cli/topics.ts']],
    ['where the person sits', ['src/surroundings.ts']],
    ['the look ahead and the wait', ['src/preflight.ts', 'src/ways.ts', 'src/cli/paste-prompt.ts']],
    ['what comes after the answer', ['src/oauth/redemption.ts', 'src/record-grant.ts', 'src/resolver.ts']],
    ['pages and their server', ['src/loopback/app.ts', 'src/loopback/pages.ts']],
    ['the schema of the events', ['src/events.ts']],
    ['a store that was not asked for', ['src/agent-store.ts', 'src/openclaw/sdk-store.ts']],
  ])('is not %s', (_, late) => {
    expect(late.filter((file) => files.includes(file))).toEqual([]);
  });

  test('is no package, and no more files than it was: each costs a third of a millisecond', () => {
    expect(packages).toEqual([]);
    expect(files.length).toBeLessThanOrEqual(75);
  });
});
