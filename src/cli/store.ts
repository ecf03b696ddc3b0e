/** `codex-login store init | migrate | doctor | move`: the shared store, set up, kept, looked at, and filled. */

import { openCredentialStore } from '../agents/credential-store.ts';
import { diagnoseStore } from '../fleet/diagnosis.ts';
import { moveProfiles } from '../fleet/move.ts';
import { initStore, migrateStore } from '../fleet/set-up.ts';
import { providerNamed } from '../provider/providers.ts';
import { systemClock } from '../system.ts';
import { EXIT_STATUS } from '../words/errors.ts';
import type { FindingEvent } from '../words/events/doctor.ts';
import type { StoreResult } from '../words/events/store.ts';
import { foreignText } from '../words/redact.ts';
import { usageError } from './arguments.ts';
import type { Invocation } from './commands.ts';
import { answerFinding, count, countsOf } from './findings.ts';
import type { Options } from './options.ts';
import { tellSetUp } from './set-up-words.ts';
import { orInterrupted } from './signals.ts';
import type { Terminal } from './terminal.ts';

const ACTIONS = ['init', 'migrate', 'doctor', 'move'];

export async function run({
  options,
  positionals: [action = '', more],
  terminal,
  signal,
}: Invocation): Promise<number> {
  if (!ACTIONS.includes(action) || more !== undefined)
    throw usageError(
      `"store" knows ${ACTIONS.join(', ')}.`,
      'Example: codex-login store doctor --store env:CODEX_LOGIN_STORE',
    );
  if (action === 'init' || action === 'migrate') {
    const setUp = action === 'init' ? initStore : migrateStore;
    const result = await setUp(fleetOptions(options));
    if (terminal.json) terminal.line({ ...envelope(), ok: true, action, ...result } satisfies StoreResult);
    else tellSetUp(result, terminal);
    return 0;
  }
  if (action === 'doctor') return diagnose(options, terminal);
  return move(options, terminal, signal);
}

async function diagnose(options: Options, terminal: Terminal): Promise<number> {
  const { store, server, findings, healthy } = await diagnoseStore(fleetOptions(options));
  if (terminal.json) {
    const time = new Date(systemClock.now()).toISOString();
    for (const one of findings) terminal.line({ v: 1, time, type: 'finding', ...one } satisfies FindingEvent);
    const counts = {
      errors: count(findings, 'error'),
      warnings: count(findings, 'warning'),
      infos: count(findings, 'info'),
    };
    terminal.line({
      ...envelope(),
      ok: true,
      action: 'doctor',
      store,
      server,
      healthy,
      ...counts,
    } satisfies StoreResult);
  } else {
    const { bold, dim, green, yellow } = terminal.colors;
    terminal.answer(`${bold(foreignText(store, 1000))} ${dim(`(PostgreSQL ${foreignText(server, 40)})`)}`);
    for (const one of findings) answerFinding(one, terminal);
    const said = findings.length === 0 ? 'Nothing is wrong.' : `${countsOf(findings)}.`;
    terminal.answer(healthy ? green(said) : yellow(said));
  }
  return healthy ? 0 : EXIT_STATUS.ERR_NOT_ROUTABLE;
}

/** `--store-key` and `--agent` belong to the one of the two that they fit: the shared store, and OpenClaw's. */
async function move(options: Options, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { from, to } = options;
  if (from === undefined || to === undefined)
    throw usageError('"store move" needs --from and --to.', MOVE_EXAMPLE);
  if (options.store !== undefined)
    throw usageError('"store move" takes --from and --to, and no --store.', MOVE_EXAMPLE);
  const provider = providerNamed(options.provider).id;
  const isShared = (where: string) => /^(?:postgres(?:ql)?:\/\/|env:)/i.test(where);
  const keyed = isShared(to) ? to : from;
  const open = (where: string) =>
    openCredentialStore({
      where,
      storeKey: where === keyed ? options['store-key'] : undefined,
      caFile: options['ca-file'],
      agent: where === 'openclaw' ? options.agent : undefined,
      openclaw: options.openclaw,
      provider,
    });
  const { green, bold, yellow } = terminal.colors;
  let gateway: StoreResult['gateway'];
  const source = await open(from);
  try {
    const target = await open(to);
    try {
      const moved = await moveProfiles({
        from: source,
        to: target,
        profileId: options['profile-id'],
        signal,
        onMoved: (one) =>
          terminal.say(
            `${green('✔')} ${bold(foreignText(one.profileId, 200))} is in ${one.to} now, and in ${one.from} no more.`,
          ),
        onGateway(outcome) {
          gateway = outcome.state;
          if (outcome.state === 'stale') terminal.say(`${yellow('!')} ${outcome.hint}`);
          if (outcome.state === 'reloaded') terminal.say(`${green('✔')} The running gateway has read it`);
        },
      });
      const store = target.store.info.location;
      if (terminal.json)
        terminal.line({
          ...envelope(),
          ok: true,
          action: 'move',
          store,
          moved,
          ...(gateway && { gateway }),
        } satisfies StoreResult);
      return 0;
    } finally {
      await target.store.close();
    }
  } catch (thrown) {
    throw orInterrupted(thrown, signal, INTERRUPTED);
  } finally {
    await source.store.close();
  }
}

const INTERRUPTED =
  'What was moved is there, and the rest is where it was. Run the same command again: one that was on its way arrives.';
const MOVE_EXAMPLE = 'Example: codex-login store move --from openclaw --to env:CODEX_LOGIN_STORE';

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

function envelope() {
  return { v: 1, type: 'result', time: new Date(systemClock.now()).toISOString() } as const;
}
