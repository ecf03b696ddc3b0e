/** What `store init` and `store migrate` have done, and what comes next, in words. */

import type { SetUp } from '../fleet/set-up.ts';
import type { Terminal } from './terminal.ts';

export function tellSetUp({ store, from, to, roles, keys, step, resealed }: SetUp, terminal: Terminal): void {
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
