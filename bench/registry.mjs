// A registry on loopback that passes on what npm's own has, at the pace of a line: so many megabits a second for all requests together,
// and so many milliseconds before an answer begins. What it has fetched once it keeps, so that the real registry's moods are not measured.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { get } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

const UPSTREAM = 'https://registry.npmjs.org';
const PIECE_BYTES = 64 * 1024;
/** What an answer depends on. */
const ASKED = ['accept', 'accept-encoding'];
/** What is passed on of it. */
const TOLD = ['content-type', 'content-encoding', 'etag', 'cache-control', 'last-modified', 'vary'];

/** @param {{ megabits: number, delayMs: number }} line  @returns {Promise<{ url: string, bytes(): number, close(): Promise<void> }>} */
export async function openRegistry({ megabits, delayMs }) {
  const kept = new Map();
  const bytesPerMs = (megabits * 1_000_000) / 8 / 1000;
  let free = performance.now();
  let bytes = 0;

  const fetched = (path, headers) => {
    const key = [path, ...ASKED.map((name) => headers[name])].join('\n');
    if (!kept.has(key)) kept.set(key, askUpstream(path, headers));
    return kept.get(key);
  };
  /** The line is one: what is sent at the same time shares it. */
  const onTheLine = async (size) => {
    const now = performance.now();
    free = Math.max(free, now) + size / bytesPerMs;
    await sleep(free - now);
  };
  const server = createServer(async (request, response) => {
    const { status, headers, body } = await fetched(request.url, request.headers);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    await sleep(delayMs);
    response.writeHead(status, { ...headers, 'content-length': body.length });
    for (let from = 0; from < body.length; from += PIECE_BYTES) {
      const piece = body.subarray(from, from + PIECE_BYTES);
      await onTheLine(piece.length);
      bytes += piece.length;
      if (response.destroyed) return;
      if (!response.write(piece))
        await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    bytes: () => bytes,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function askUpstream(path, headers) {
  const asked = Object.fromEntries(ASKED.flatMap((name) => (headers[name] ? [[name, headers[name]]] : [])));
  return new Promise((resolve, reject) => {
    get(`${UPSTREAM}${path}`, { headers: asked }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece)).on('error', reject);
      answer.on('end', () => {
        const told = Object.fromEntries(
          TOLD.flatMap((name) => (answer.headers[name] ? [[name, answer.headers[name]]] : [])),
        );
        resolve({ status: answer.statusCode, headers: told, body: Buffer.concat(pieces) });
      });
    }).on('error', reject);
  });
}
