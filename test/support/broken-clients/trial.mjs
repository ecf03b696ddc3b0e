/** One client at one server: what came of it. It judges nothing: the bench knows its server. */

import { createClient, Refused, week, weekWithoutBrowser } from './client.mjs';
import { Stopped } from './correct.mjs';

/**
 * @typedef {{ rule: string, source: string }} Finding a rule by the server's own name, and the standard it stands in
 * @typedef {{ end: 'done' | 'stopped' | 'refused' | 'impossible', detail: string, findings: Finding[] }} Outcome
 *   `stopped` by the client's own check, `refused` by the server; `impossible`: the server has no such thing
 */

/**
 * @param {{ open(circumstances: { fault?: string | undefined, device?: boolean }): Promise<any> }} bench opens a server: `{ world,
 *   findings, close }`, or undefined where it cannot do that
 * @param {{ fault?: string, device?: boolean, changes?: object }} defect one of `defects`, without its `changes` for the correct client
 * @returns {Promise<Outcome>}
 */
export async function tryClient(bench, { fault, device = false, changes = {} }) {
  const log = [];
  const argv = [];
  const server = await bench.open({ fault, device });
  if (server === undefined) return { end: 'impossible', detail: '', findings: [] };
  try {
    const world = { ...server.world, say: (text) => log.push(text), start: (words) => argv.push(...words) };
    const client = createClient(world, changes);
    const outcome = await (device ? weekWithoutBrowser(client) : week(client)).then(
      () => ({ end: 'done', detail: '' }),
      (error) => {
        if (error instanceof Stopped) return { end: 'stopped', detail: error.message };
        if (error instanceof Refused) return { end: 'refused', detail: error.message };
        throw error;
      },
    );
    return { ...outcome, findings: server.findings({ log, argv }) };
  } finally {
    await server.close();
  }
}
