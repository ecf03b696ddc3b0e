/** A fetch whose answers end: a body that goes on and on is cut off, and with it the connection. */

import type { Fetch } from '../words/ports.ts';

/** Far above any metadata or key set seen, in bytes. */
const LARGEST_BODY = 512 * 1024;

/** The same fetch; reading more than 512 KiB of an answer fails. */
export function bounded(fetch: Fetch): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (response.body === null) return response;
    let seen = 0;
    const counting = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        if (seen > LARGEST_BODY)
          controller.error(Object.assign(new Error('too large'), { code: 'ERR_BODY_TOO_LARGE' }));
        else controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counting), { status, statusText, headers });
  };
}
