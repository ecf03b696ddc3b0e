/** `codex-login store init | migrate | doctor | move`: the shared store, set up, kept, looked at, and filled. */

import type { StoreResult } from '../events/store.ts';
import { initStore, migrateStore, type SetUp } from '../fleet/set-up.ts';
import { systemClock } from '../system.ts';
import { usageError } from './arguments.ts';
import type { Invocation } from './commands.ts';
import type { Options } from './options.ts';
import type { Terminal } from './terminal.ts';

const ACTIONS = ['init', 'migrate', 'doctor', 'move'];

export async function run({
  options,
  positionals: [action = '', more],
  terminal,
}: Invocation): Promise<number> {
  if (!ACTIONS.includes(action) || more !== undefined)
    throw usageError(
      `"store" knows ${ACTIONS.join(', ')}.`,
      'Example: codex-login store doctor --store env:CODEX_LOGIN_STORE',
    );
  if (action === 'init' || action === 'migrate') {
    const setUp = action === 'init' ? initStore : migrateStore;
    const result = await setUp(fleetOptions(options));
    if (terminal.json) terminal.line(lineOf(action, result));
    else tell(result, terminal);
    return 0;
  }
  throw usageError(`"store ${action}" is not here yet.`, 'See codex-login store --help.');
}

/** @throws LoginError `ERR_USAGE` */
function fleetOptions(options: Options) {
  if (options.store === undefined)
    throw usageError('"store" needs to know which one.', 'Example: --store postgres://db.example.com/codex');
  return {
    where: options.store,
    storeKey: options['store-key'],
    caFile: options['ca-file'],
    newKeys: options['new-keys'],
  };
}

function lineOf(action: StoreResult['action'], result: SetUp): StoreResult {
  return {
    v: 1,
    type: 'result',
    time: new Date(systemClock.now()).toISOString(),
    ok: true,
    action,
    ...result,
  };
}

function tell({ store, from, to, roles, keys, step, resealed }: SetUp, terminal: Terminal): void {
  const { green, yellow, bold } = terminal.colors;
  const was =
    from === to
      ? `are of version ${to} already`
      : from === 0
        ? 'were made'
        : `are of version ${to} now, and were of ${from}`;
  terminal.say(`${green('✔')} The tables ${was}: ${store}`);
  if (!roles)
    terminal.say(
      `${yellow('!')} This user may make no roles. Whoever may makes codex_login_owner, codex_login_writer and codex_login_reader; then run store migrate.`,
    );
  if (keys !== undefined && step === undefined)
    terminal.say(
      `${green('✔')} The key ring is in ${bold(keys)}. Keep a copy where the database is not: without it nothing opens.\n  Every host needs it: CODEX_LOGIN_KEYS_FILE=${keys}`,
    );
  if (step === 'added')
    terminal.say(
      `${green('✔')} ${bold(keys ?? '')} has newer keys, which only open yet.\n  Bring it to every host, then run this command once more.`,
    );
  if (step === 'first')
    terminal.say(
      `${green('✔')} The newer keys of ${bold(keys ?? '')} seal from now on.\n  Bring it to every host, then run store migrate without --new-keys: it seals the rest under them.`,
    );
  if (resealed !== undefined)
    terminal.say(
      resealed === 0
        ? `${green('✔')} Everything is sealed under the newest keys.`
        : `${green('✔')} ${resealed} ${resealed === 1 ? 'record is' : 'records are'} sealed under the newest keys now.`,
    );
}
