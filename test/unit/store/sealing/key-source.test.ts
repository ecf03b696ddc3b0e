import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { createKeyRing } from '../../../../src/store/sealing/key-ring.ts';
import { readKeyRing } from '../../../../src/store/sealing/key-source.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const text = createKeyRing('one');

describe('the key ring of a shared store', () => {
  test('is in a variable, in a file, or what a command prints', async () => {
    const file = join(temporaryDirectory(), 'keys.json');
    writeFileSync(file, text);
    for (const environment of [
      { CODEX_LOGIN_KEYS: text },
      { CODEX_LOGIN_KEYS_FILE: file },
      { CODEX_LOGIN_KEYS_COMMAND: `cat '${file}'` },
    ])
      expect((await readKeyRing(environment)).access[0]?.id).toBe('one');
  });

  test('that is named nowhere is said with the variables that name it', async () => {
    await expect(readKeyRing({})).rejects.toMatchObject({
      code: 'ERR_STORE_KEY',
      hint: expect.stringContaining('CODEX_LOGIN_KEYS_FILE'),
    });
  });

  test('that cannot be had says why, without a word of the command or of what it said', async () => {
    const failing = { CODEX_LOGIN_KEYS_COMMAND: 'echo planted-secret >&2; exit 1 # planted-secret' };
    await expect(readKeyRing(failing)).rejects.toMatchObject({
      code: 'ERR_STORE_KEY',
      message: expect.not.stringContaining('planted-secret'),
    });
    await expect(readKeyRing({ CODEX_LOGIN_KEYS_FILE: '/nowhere/keys.json' })).rejects.toThrow('ENOENT');
  });
});
