// A server in front of the mock that takes its time, loses answers, and counts how many presentations of refresh tokens are inside it
// at once. The mock is told this one's address as its issuer, so that programs come here; or it keeps another name, and a TLS front
// leads here.

import { createServer } from 'node:http';

const REUSED = JSON.stringify({
  error: { type: 'invalid_request_error', code: 'refresh_token_reused', message: 'Reused.' },
});
const refreshTokenIn = (body) => /"?\brefresh_token"?[=:]\s*"?([\w-]+)/.exec(body)?.[1];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param start `startAuthorizationServer` of the package
 * @param latencyMs how long a refresh takes, asked anew for each; the request is passed on in the middle of it
 * @param options the mock's; `replays: 'refused'`: a token that comes again is refused, and the tokens that descend from it live on
 */
export async function startSlowFront(start, latencyMs = () => 0, { replays, ...options } = {}) {
  let issuer = '';
  let target;
  const counts = { refreshes: 0, inside: 0, overlaps: 0, reused: 0 };
  const presented = new Set();
  let onRefresh = () => undefined;
  let fate = () => 'answer';
  const front = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    // Codex writes it in JSON.
    const isRefresh =
      request.url === '/oauth/token' && /"?grant_type"?[=:]\s*"?refresh_token/.test(String(body));
    const wait = isRefresh ? latencyMs() : 0;
    if (isRefresh) {
      counts.refreshes += 1;
      counts.inside += 1;
      if (counts.inside > 1) counts.overlaps += 1;
      onRefresh(counts.refreshes);
    }
    await pause(wait / 2);
    const token = isRefresh && refreshTokenIn(String(body));
    if (replays === 'refused' && isRefresh && presented.has(token)) {
      counts.reused += 1;
      counts.inside -= 1;
      response.writeHead(401, { 'Content-Type': 'application/json' }).end(REUSED);
      return;
    }
    presented.add(token);
    // A program that asks for a web socket is answered as at any server that has none.
    const { host: _, connection: __, 'content-length': ___, upgrade: ____, ...headers } = request.headers;
    const answer = await fetch(`http://127.0.0.1:${target.port}${request.url}`, {
      method: request.method,
      headers,
      redirect: 'manual',
      ...(body.length > 0 ? { body } : {}),
    });
    const text = await answer.text();
    if (isRefresh && text.includes('refresh_token_reused')) counts.reused += 1;
    await pause(wait / 2);
    if (isRefresh) counts.inside -= 1;
    if (isRefresh && fate() === 'lose') return response.socket?.destroy();
    const copied = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'content-length'));
    response.writeHead(answer.status, copied).end(text);
  });
  await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));
  const { port } = front.address();
  issuer = options.issuer ?? `http://127.0.0.1:${port}`;
  target = await start({ ...options, issuer });
  return {
    issuer,
    port,
    counts,
    server: target,
    /** Hears of each refresh as it arrives. */
    hearRefresh: (listener) => {
      onRefresh = listener;
    },
    /** Whether the next answers arrive: `answer` or `lose`. */
    setFate: (decide) => {
      fate = decide;
    },
    async close() {
      front.closeAllConnections();
      front.close();
      await target.close();
    },
  };
}
