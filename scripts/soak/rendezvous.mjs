// Logins that start at once, over and over: two processes, five, and five whose first is killed while it waits.

import { fileURLToPath } from 'node:url';

import { createUserAgent, startAuthorizationServer } from '../../dist/mocks/index.js';
import { signInTogether } from '../../test/support/together.mjs';
import { withDirectory } from './built.mjs';

const program = fileURLToPath(new URL('../../bin/codex-login.cjs', import.meta.url));
const ROUNDS = 50;
const SITUATIONS = [
  ['2 logins at once', { processes: 2 }],
  ['5 logins at once', { processes: 5 }],
  ['5 logins at once, the first killed while it waits', { processes: 5, kill: true }],
];

export async function* loginsAtOnce(progress) {
  for (const [what, how] of SITUATIONS) {
    const flaws = [];
    let good = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      progress(`${what}: round ${round} of ${ROUNDS}`);
      const found = await withDirectory(async (directory) => {
        const server = await startAuthorizationServer();
        try {
          return await signInTogether({ program, server, createUserAgent, directory }, how);
        } finally {
          await server.close();
        }
      }).catch((error) => [String(error)]);
      flaws.push(...found.map((flaw) => `round ${round}: ${flaw}`));
      if (found.length === 0) good += 1;
    }
    const figure = `${good} of ${ROUNDS} rounds with one tab, one exchange and one result for all`;
    yield { what, figure, holds: good === ROUNDS, flaws };
  }
}
