// A server in front of the mock that takes its time, loses answers, and counts how many presentations of refresh tokens are inside it
// at once. The mock is told this one's address as its issuer, so that programs come here.

import { createServer } from 'node:http';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param start `startAuthorizationServer` of the package
 * @param latencyMs how long a refresh takes, asked anew for each; the request is passed on in the middle of it
 */
export async function startSlowFront(start, latencyMs = () => 0) {
  let issuer = '';
  let target;
  const counts = { refreshes: 0, inside: 0, overlaps: 0, reused: 0 };
  let onRefresh = () => undefined;
  let fate = () => 'answer';
  const front = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const isRefresh = request.url === '/oauth/token' && body.includes('grant_type=refresh_token');
    const wait = isRefresh ? latencyMs() : 0;
    if (isRefresh) {
      counts.refreshes += 1;
      counts.inside += 1;
      if (counts.inside > 1) counts.overlaps += 1;
      onRefresh(counts.refreshes);
    }
    await pause(wait / 2);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`http://127.0.0.1:${target.port}${request.url}`, {
      method: request.method,
      headers,
      redirect: 'manual',
      ...(body.length > 0 ? { body } : {}),
    });
    const text = await answer.text();
    if (text.includes('refresh_token_reused')) counts.reused += 1;
    await pause(wait / 2);
    if (isRefresh) counts.inside -= 1;
    if (isRefresh && fate() === 'lose') return response.socket?.destroy();
    const copied = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'content-length'));
    response.writeHead(answer.status, copied).end(text);
  });
  await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${front.address().port}`;
  target = await start({ issuer });
  return {
    issuer,
    counts,
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
