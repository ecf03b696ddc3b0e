import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { editConfiguration } from '../../../src/openclaw/configuration-edit.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const profileId = 'openai-codex:me@example.com';
const correction = { profileId, mode: 'oauth' };

function configuration(text: string, included: Record<string, string> = {}): string {
  const path = join(temporaryDirectory(), 'openclaw.json');
  for (const [name, content] of [['openclaw.json', text], ...Object.entries(included)] as const) {
    mkdirSync(dirname(join(dirname(path), name)), { recursive: true });
    writeFileSync(join(dirname(path), name), content);
  }
  return path;
}

const text = `// my configuration
{
  auth: {
    profiles: {
      // do not touch
      '${profileId}': { provider: "openai-codex", mode: 'api_key', /* why? */ },
    }, // tail
  },
  gateway: { port: 0x4965, auth: { token: "planted-token" } },   // odd   blanks
  odd: .5, long: 'two \\
lines',
}
`;

describe('a correction of openclaw.json', () => {
  test('changes the word that is wrong and not one other character', async () => {
    const path = configuration(text);
    const { edits, byHand } = await editConfiguration(path, [correction]);
    expect(edits).toEqual([
      {
        path,
        before: text,
        after: text.replace("'api_key'", "'oauth'"),
        changes: [{ profileId, field: 'mode', from: 'api_key', to: 'oauth' }],
      },
    ]);
    expect(byHand).toEqual([]);
  });

  test('keeps line ends of Windows, tabs and a file that is plain JSON as they are', async () => {
    for (const form of [
      text.replaceAll('\n', '\r\n').replaceAll('  ', '\t'),
      JSON.stringify(
        { auth: { profiles: { [profileId]: { provider: 'openai-codex', mode: 'api_key' } } } },
        null,
        4,
      ),
    ]) {
      const { edits } = await editConfiguration(configuration(form), [correction]);
      expect(edits[0]?.after).toBe(form.replace(/api_key/, 'oauth'));
    }
  });

  test('adds a field that is missing, and makes several corrections in one edit', async () => {
    const path = configuration(
      `{ auth: { profiles: { a: { mode: "token" }, b: { provider: "x" } } } } // end\n`,
    );
    const { edits } = await editConfiguration(path, [
      { profileId: 'a', provider: 'openai-codex' },
      { profileId: 'a', mode: 'oauth' },
      { profileId: 'b', mode: 'oauth' },
    ]);
    expect(edits).toHaveLength(1);
    expect(edits[0]?.after).toMatch(/ \/\/ end\n$/);
    expect(edits[0]?.changes).toHaveLength(3);
    const { default: JSON5 } = await import('json5');
    expect(JSON5.parse(edits[0]?.after ?? '')).toEqual({
      auth: {
        profiles: { a: { mode: 'oauth', provider: 'openai-codex' }, b: { provider: 'x', mode: 'oauth' } },
      },
    });
  });

  test.each([
    [
      'the whole file',
      `{ $include: './auth/all.json5' }`,
      `{ auth: { profiles: { '${profileId}': { mode: 'x' } } } }`,
    ],
    [
      'the part auth',
      `{ auth: { $include: './auth/all.json5' } }`,
      `{ profiles: { '${profileId}': { mode: 'x' } } }`,
    ],
    [
      'the profiles',
      `{ auth: { profiles: { $include: ['./other.json', './auth/all.json5'] } } }`,
      `{ '${profileId}': { mode: 'x' } }`,
    ],
    [
      'the entry',
      `{ auth: { profiles: { '${profileId}': { $include: './auth/all.json5' } } } }`,
      `{ mode: 'x' } // its own file`,
    ],
  ])('is made in the included file that says it: %s', async (_, root, included) => {
    const path = configuration(root, { 'auth/all.json5': included, 'other.json': '{}' });
    const { edits } = await editConfiguration(path, [correction]);
    expect(edits).toMatchObject([
      { path: join(dirname(path), 'auth/all.json5'), after: included.replace("'x'", "'oauth'") },
    ]);
  });

  test.each([
    ['the entry is nowhere', '{ auth: {} }'],
    ['an included file is missing', `{ auth: { $include: './gone.json' } }`],
    ['files include one another in a circle', `{ $include: './openclaw.json' }`],
    ['the entry is no object', `{ auth: { profiles: { '${profileId}': 'oauth' } } }`],
    ['the file cannot be understood', '{ auth: '],
  ])('is left to the person where it cannot be made safely: %s', async (_, root) => {
    const path = configuration(root);
    expect(await editConfiguration(path, [correction])).toEqual({ edits: [], byHand: [{ profileId, path }] });
  });
});
