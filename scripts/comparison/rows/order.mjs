// The row this project exists for (openclaw #63856): a second account signs in where the order names only the first.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';

import { throwAwayHome, withSession } from '../../real-programs/session.mjs';

const END_MS = 30_000;
const COMMAND_MS = 300_000;

/** Another person than the mock's first. */
const SECOND = {
  email: 'sam@example.com',
  accountId: 'b81d4fae-7dec-41d0-a765-00a0c91e6bf6',
  userId: 'user-SamExample00000000000',
  plan: 'team',
};

export const orderRows = {
  order: {
    what: 'a second account, where `order` names only the first',
    about:
      'OpenClaw’s `order` is an allow-list. One account signs in, the program’s own command makes it the order, and another account signs in: is it in the order then, and in `lastGood`? (openclaw #63856.)',
    readme: true,
    run: async (program) => {
      if (program.setOrder === undefined) return { cell: 'keeps one credential, without an order' };
      const home = throwAwayHome();
      try {
        const [first] = (await signIn(program, home)).ids;
        const [command, ...args] = program.setOrder(first);
        // It may want to fetch a plugin; there is no network to wait for.
        const env = { HOME: home, PATH: '/usr/local/bin:/usr/bin:/bin', npm_config_fetch_retries: '0' };
        execFileSync(command, args, { cwd: home, env, stdio: 'ignore', timeout: COMMAND_MS });
        const before = program.credential(home)?.order;
        if (before?.join() !== first) throw new Error('the order could not be set');
        const { ids, order, lastGood } = await signIn(program, home, SECOND);
        const second = ids.find((id) => id !== first);
        const place = order.indexOf(second);
        const told = place < 0 ? '**stored, not in `order`**' : `in \`order\`, place ${place + 1}`;
        const good = lastGood === second ? '`lastGood`' : 'no `lastGood`';
        return { cell: `${told}; ${good}`, ids, before, order, lastGood };
      } finally {
        rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      }
    },
  },
};

function signIn(program, home, account) {
  return withSession(program, { home, ...(account ? { accounts: [account] } : {}) }, async (session) => {
    await session.signIn();
    await session.end(END_MS);
    const found = session.credential();
    if (found === undefined) throw new Error('nothing was stored');
    return found;
  });
}
