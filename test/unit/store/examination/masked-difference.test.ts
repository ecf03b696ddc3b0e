import { describe, expect, test } from 'vitest';

import { maskedDifference, unifiedDifference } from '../../../../src/store/examination/masked-difference.ts';
import { provider, sound } from '../../../support/damaged-stores.ts';

describe('the difference that a dry run shows', () => {
  test('masks every secret, known field or not, and shows ids, order and times', () => {
    const before = {
      profiles: {
        me: { ...sound('me'), idToken: 'planted-id-token', nested: { list: ['planted-in-a-list'] } },
        key: { type: 'api_key', provider: 'x', key: 'planted-key' },
      },
      order: { [provider]: ['gone'] },
      extra: 'planted-elsewhere',
    };
    const after = {
      ...before,
      order: { [provider]: ['me'] },
      profiles: { me: { ...before.profiles.me, expires: 7 } },
    };
    const text = maskedDifference('store.json', before, after);
    expect(text).not.toContain('planted');
    expect(text).toMatch(/^--- store\.json\n\+\+\+ store\.json\n@@ -\d+,\d+ \+\d+,\d+ @@\n/);
    expect(text).toContain('-      "gone"\n+      "me"');
    expect(text).toContain('+      "expires": 7');
    expect(text).toContain(`-      "key": "p… (11 characters)"`);
  });

  test('masks a token that stands in the place of a name', () => {
    const token = sound('me').access;
    const text = maskedDifference(
      's',
      { profiles: {} },
      {
        profiles: { [token]: { type: token, email: token } },
        lastGood: { [provider]: token },
        order: { [token]: [token] },
      },
    );
    expect(text).not.toContain(token);
    expect(text).not.toContain(token.slice(0, 30));
  });

  test('is empty where nothing changes', () => {
    expect(maskedDifference('s', { profiles: {} }, { profiles: {} })).toBe('');
  });

  test('is what a program that applies it would need: counts, context, several places', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    const after = lines.flatMap((line, index) => (index === 2 ? [] : index === 30 ? [line, 'new'] : [line]));
    expect(unifiedDifference('f', lines, after)).toBe(
      [
        '--- f',
        '+++ f',
        '@@ -1,6 +1,5 @@',
        ' line 0',
        ' line 1',
        '-line 2',
        ' line 3',
        ' line 4',
        ' line 5',
        '@@ -29,6 +28,7 @@',
        ' line 28',
        ' line 29',
        ' line 30',
        '+new',
        ' line 31',
        ' line 32',
        ' line 33',
      ].join('\n'),
    );
  });

  test('of a very long text is still made, and at once', () => {
    const long = Array.from({ length: 5000 }, (_, index) => `a${index}`);
    expect(
      unifiedDifference(
        'f',
        long,
        long.map((line) => `${line}!`),
      ).split('\n'),
    ).toHaveLength(10_003);
  });
});
