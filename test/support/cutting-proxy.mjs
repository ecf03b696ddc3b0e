// A way to PostgreSQL that breaks when it is told to: before a statement reaches the server, before its answer comes back, or for good.

import { connect, createServer } from 'node:net';

/** @returns `{ port, cutBefore(text), cutAfter(text), hold(text), stall(), refuse(), heal(), close() }`: `text` is what a statement holds */
export async function startCuttingProxy({ host, port }) {
  let plan = {};
  const pairs = new Set();
  const server = createServer((client) => {
    if (plan.refusing) return client.destroy();
    const upstream = connect(port, host);
    const pair = { client, upstream, isDoomed: false };
    pairs.add(pair);
    const cut = () => {
      client.destroy();
      upstream.destroy();
      pairs.delete(pair);
    };
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (plan.hold !== undefined && text.includes(plan.hold.text)) {
        const { held } = plan.hold;
        plan = {};
        return held(() => upstream.write(chunk));
      }
      if (plan.before !== undefined && text.includes(plan.before)) {
        plan = {};
        return cut();
      }
      if (plan.after !== undefined && text.includes(plan.after)) {
        plan = {};
        pair.isDoomed = true;
      }
      if (!plan.stalling) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (pair.isDoomed) return cut();
      if (!plan.stalling) client.write(chunk);
    });
    for (const socket of [client, upstream]) socket.on('error', cut).on('close', cut);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const { client, upstream } of pairs) {
      client.destroy();
      upstream.destroy();
    }
  };
  return {
    port: server.address().port,
    /** The next statement that holds this never arrives. */
    cutBefore(text) {
      plan = { before: text };
    },
    /** It arrives, and nobody hears what became of it. */
    cutAfter(text) {
      plan = { after: text };
    },
    /** It is on its way until it is let go: resolves, once it is, to what lets it. */
    hold: (text) =>
      new Promise((held) => {
        plan = { hold: { text, held } };
      }),
    /** Nothing arrives any more, in either direction, and no connection breaks: a partition. */
    stall() {
      plan = { stalling: true };
    },
    /** Connections are refused, and those that are there break. */
    refuse() {
      plan = { refusing: true };
      cutAll();
    },
    heal() {
      // What was swallowed is gone: whoever waits for it waits in vain.
      if (plan.stalling) cutAll();
      plan = {};
    },
    async close() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
