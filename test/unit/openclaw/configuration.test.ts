import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { readOpenClawConfiguration } from '../../../src/openclaw/configuration.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

function write(text: string): string {
  const path = join(temporaryDirectory(), 'openclaw.json');
  writeFileSync(path, text);
  return path;
}

test('what openclaw.json says about routing is read, JSON5 included', async () => {
  const path = write(`{ // a comment
    auth: { order: { 'openai-codex': ['a', 7, 'b'] }, profiles: { a: { provider: 'openai-codex', mode: 'oauth', x: 1 } } },
    agents: { defaults: { model: { primary: 'openai-codex/gpt' } }, list: [{ id: 'Work', agentDir: '~/w' }, { id: 1 }], },
  }`);
  expect(await readOpenClawConfiguration(path)).toEqual({
    order: { 'openai-codex': ['a', 'b'] },
    profiles: { a: { provider: 'openai-codex', mode: 'oauth' } },
    defaultModel: 'openai-codex/gpt',
    agents: ['work'],
    agentDirectories: { work: '~/w' },
  });
});

test.each([
  '{}',
  '[]',
  '{"auth":7,"agents":[]}',
  '{"auth":{"order":"x"},"agents":{"list":{},"defaults":{"model":7}}}',
])('%s says nothing', async (text) => {
  expect(await readOpenClawConfiguration(write(text))).toEqual({
    order: {},
    profiles: {},
    agents: [],
    agentDirectories: {},
  });
});

test('a missing file says nothing, and a broken one is an error that names it', async () => {
  expect(await readOpenClawConfiguration('/nonexistent/openclaw.json')).toBeUndefined();
  const path = write('{ "auth": ');
  await expect(readOpenClawConfiguration(path)).rejects.toMatchObject({
    code: 'ERR_STORE_CORRUPT',
    store: path,
  });
});
