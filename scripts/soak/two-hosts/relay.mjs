// A port of one network made to answer in another: what loopback cannot do across namespaces.

import { connect, createServer } from 'node:net';

/** Listens on `from` and passes everything on to `to`, each `{ host, port }`. */
export async function relay(from, to) {
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(to);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(one);
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(from, resolve));
  return {
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
