import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';

import { temporaryDirectory } from '../support/temporary.ts';

/** An installation of its own, as it was packed. */
function installation() {
  const directory = join(temporaryDirectory(), 'codex-login');
  cpSync(join(inject('installed'), 'node_modules/codex-login'), directory, {
    recursive: true,
    filter: (path) => !path.includes('.compiled'),
    preserveTimestamps: true,
  });
  const program = join(directory, 'dist/src/cli');
  const kept = join(program, '.compiled', `${process.version}-${process.arch}`);
  return {
    program,
    kept: () => readdirSync(kept).map((name) => [name, statSync(join(kept, name)).mtimeMs]),
    help() {
      const { status, stdout } = spawnSync(
        process.execPath,
        [join(directory, 'bin/codex-login.cjs'), '--help'],
        { encoding: 'utf8' },
      );
      return { status, stdout };
    },
  };
}

const HASH = /\n\/\/ ([0-9a-f]{16})\n$/;
const hashed = (text: string) =>
  `${text}\n// ${createHash('sha256').update(text).digest('hex').slice(0, 16)}\n`;

describe('what V8 has compiled of the program', () => {
  test('is kept by the first start, and used by the second', () => {
    const { help, kept } = installation();
    const first = help();
    const files = kept();
    expect(first.status).toBe(0);
    expect(files.length).toBeGreaterThan(1);
    expect([help(), kept()]).toEqual([first, files]);
  });

  test('is of the text that is there: another one of the same length and time is run as it is', () => {
    const { help, program } = installation();
    expect(help().stdout).toContain('uses it at once.');
    for (const name of readdirSync(program).filter((one) => one.endsWith('.cjs'))) {
      const path = join(program, name);
      const text = readFileSync(path, 'utf8');
      if (!text.includes('uses it at once.')) continue;
      const { atime, mtime } = statSync(path);
      writeFileSync(path, hashed(text.replace(HASH, '').replace('uses it at once.', 'uses it at ONCE.')));
      utimesSync(path, atime, mtime);
    }
    expect(help().stdout).toContain('uses it at ONCE.');
  });

  test('is told by a hash that each file ends with, and each is ASCII alone', () => {
    // The packages that go with it lie beside the modules that import them.
    const sources = join(installation().program, '..');
    const files = (readdirSync(sources, { recursive: true }) as string[]).filter((name) =>
      name.endsWith('.cjs'),
    );
    expect(files).toEqual(expect.arrayContaining(['loopback/express.cjs', 'open.cjs', 'cli/bin.cjs']));
    for (const name of files) {
      const text = readFileSync(join(sources, name), 'utf8');
      const isHashed = hashed(text.replace(HASH, '')) === text;
      // Another letter would double what V8 has to keep of the file.
      expect({ name, isHashed, others: text.match(/[^\0-\x7f]/) }).toEqual({
        name,
        isHashed: true,
        others: null,
      });
    }
  });

  test('is not needed: where none can be kept the program starts all the same', () => {
    const { help, program } = installation();
    writeFileSync(join(program, '.compiled'), '');
    expect(help().status).toBe(0);
    expect(existsSync(join(program, '.compiled'))).toBe(true);
  });
});
