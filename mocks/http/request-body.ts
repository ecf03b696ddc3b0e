/** The body of a request as text, within a limit. What it says is `parameters`'s business. */

import type { IncomingMessage } from 'node:http';

/** No token request is nearly as long. */
const MOST_BYTES = 64 * 1024;

/**
 * Hands over the body once it is there whole: nothing, where it is too long, compressed, or no UTF-8. A request that breaks off is
 * never handed over.
 */
export function readRequestBody(request: IncomingMessage, then: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MOST_BYTES) chunks.push(chunk);
  });
  request.on('error', () => undefined);
  request.once('end', () => {
    const isPlain = (request.headers['content-encoding'] ?? 'identity') === 'identity';
    then(length <= MOST_BYTES && isPlain ? textOf(Buffer.concat(chunks)) : undefined);
  });
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
