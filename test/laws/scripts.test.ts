/** What a script asks of the build by a name that no compiler sees is there. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rooms = readdirSync(join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('every module that a script loads from the build by its place in src is there', () => {
  const asked = new RegExp(`'((?:${rooms.join('|')})/[\\w/-]+)'`, 'g');
  const scripts = ['bench', 'scripts', 'test/support'].flatMap((folder) =>
    (readdirSync(join(root, folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.mjs'))
      .map((name) => join(folder, name)),
  );
  const named = scripts.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(asked)].map(([, module = '']) => ({ file, module })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ module }) => !existsSync(join(root, 'src', `${module}.ts`)))).toEqual([]);
});
