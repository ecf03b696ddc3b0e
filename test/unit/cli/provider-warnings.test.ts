import { expect, test } from 'vitest';

import { warningsOf } from '../../../src/cli/provider-warnings.ts';
import { openaiChatgpt } from '../../../src/provider/openai-chatgpt.ts';
import { openaiCodex } from '../../../src/provider/openai-codex.ts';

const at = (generation: string) => ({
  info: { kind: 'file', location: '/x', generation, scope: 'host', durable: true } as const,
});

test('says that it is experimental, wherever it is stored', () => {
  expect(warningsOf(openaiChatgpt, at('file'))).toEqual([
    "openai-chatgpt is experimental: it follows OpenAI's documentation and has not been tried against the live service.",
  ]);
});

test.each(['A', 'B', 'C', 'D'])(
  'says that OpenClaw has no use for it, in a store of generation %s',
  (generation) => {
    expect(warningsOf(openaiChatgpt, at(generation))).toHaveLength(2);
    expect(warningsOf(openaiCodex, at(generation))).toEqual([]);
  },
);
