/** Stand-ins for the models' endpoints: they answer a turn, and remember who asked with which token. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

import { responses } from './responses.mjs';

export interface Model {
  readonly url: string;
  /** The bearer tokens of the calls that came, in their order. */
  readonly tokens: string[];
}

/** Answers in OpenAI's Responses and Chat Completions shapes, as a stream; every turn gets "pong". */
export async function startModel(): Promise<Model> {
  const tokens: string[] = [];
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      if (request.method !== 'POST') return void response.writeHead(404).end();
      tokens.push(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(request.url?.endsWith('/completions') ? completion() : responses());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens };
}

function completion(): string {
  const chunk = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({
      id: 'c_1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}\n\n`;
  return `${chunk({ role: 'assistant', content: 'pong' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`;
}
