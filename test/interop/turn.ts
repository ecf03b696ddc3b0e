/** Turns of the real OpenClaw with a stand-in for its model: what is asked, and with whose token. */

import type { AuthorizationServer } from '../../mocks/index.ts';
import type { Model } from './model.ts';
import type { OpenClaw } from './openclaw.ts';
import { namesOf } from './versions.ts';

/** A configuration whose default model is behind a stand-in. */
export function talkingTo(version: string, url: string, fallback?: string) {
  const { provider, api } = namesOf(version);
  const deepseek = {
    baseUrl: `${fallback}/v1`,
    api: 'openai-completions',
    apiKey: 'a-key-that-costs-money',
    models: [{ id: 'deepseek-chat', name: 'deepseek-chat' }],
  };
  return {
    agents: {
      defaults: {
        model: {
          primary: `${provider}/gpt-5.4`,
          ...(fallback === undefined ? {} : { fallbacks: ['deepseek/deepseek-chat'] }),
        },
      },
    },
    models: {
      providers: {
        [provider]: { baseUrl: `${url}/backend-api`, api, models: [{ id: 'gpt-5.4', name: 'gpt-5.4' }] },
        ...(fallback === undefined ? {} : { deepseek }),
      },
    },
  };
}

/** One turn in a process of its own, or by the gateway that runs. */
export const turn = (openclaw: OpenClaw, { agent = 'main', by = 'itself', environment = {} } = {}) =>
  openclaw.runWith(
    environment,
    ...['agent', ...(by === 'itself' ? ['--local'] : []), '--agent', agent, '--message', 'ping', '--json'],
  );

/** The labels of the tokens that a model has been called with since the last question. */
export function seen(model: Model, server: AuthorizationServer): (string | undefined)[] {
  const tokens = model.tokens.splice(0);
  return [...new Set(tokens.map((token) => server.journal.label(token)))];
}
