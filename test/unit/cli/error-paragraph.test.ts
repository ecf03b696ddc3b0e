import { describe, expect, test } from 'vitest';

import { paragraphIn, withoutMarkup } from '../../../src/cli/error-paragraph.ts';

const page = `# Errors

### ERR_A

\`LoginError\` · exit status 1

It broke
for good.
**Why:** see [network.md](network.md), and [the other page](wire.md).
**Next step:** \`--fix\`.

### ERR_AB

Another.

## Exit status 2: usage

### ERR_B

The last.
`;

describe('the paragraph of an error', () => {
  test('ends where the next heading begins', () => {
    expect(paragraphIn(page, 'ERR_A')).toMatch(/^`LoginError`[\s\S]*`--fix`\.$/);
    expect(paragraphIn(page, 'ERR_AB')).toBe('Another.');
    expect(paragraphIn(page, 'ERR_B')).toBe('The last.');
    expect(paragraphIn(page, 'ERR_C')).toBeUndefined();
  });

  test('is a line for each of its parts, without markup, and names the page that a link leads to', () => {
    expect(withoutMarkup(paragraphIn(page, 'ERR_A') ?? '').split('\n')).toEqual([
      'LoginError · exit status 1',
      'It broke for good.',
      'Why: see docs/network.md, and the other page.',
      'Next step: --fix.',
    ]);
  });
});
