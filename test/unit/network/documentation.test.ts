import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { tunnelScenarios } from '../../../mocks/index.ts';
import { HOPS } from '../../../src/words/connection-error.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/network.md', import.meta.url)), 'utf8');
/** First and second cell of every row of the table under this heading. */
const rows = (heading: string) =>
  [
    ...(page.split(`\n| ${heading} |`)[1]?.split('\n\n')[0] ?? '').matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm),
  ].map(([, name = '', what = '']) => [name, what.trim()] as const);

describe('docs/network.md', () => {
  test('has a row for every hop, in the order in which the way is gone, and for no other', () => {
    expect(rows('hop').map(([name]) => name)).toEqual(HOPS);
  });

  test('has a row for every fault of the TLS front, in its own words', () => {
    expect(Object.fromEntries(rows('scenario'))).toEqual(tunnelScenarios);
  });

  test('imports names that there are', async () => {
    const [product, testing] = await Promise.all([
      import('../../../src/index.ts'),
      import('../../../mocks/index.ts'),
    ]);
    const imports = [...page.matchAll(/^import \{ (.+) \} from '([^']+)';$/gm)];
    expect(imports).toHaveLength(2);
    for (const [, names = '', from] of imports)
      for (const name of names.split(', '))
        expect(from === 'codex-login' ? product : testing).toHaveProperty(name);
  });
});
