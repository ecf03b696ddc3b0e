/** `codex-login doctor`: what is wrong, why, and what to do; with `--fix` it is put right, with `--dry-run` the change is shown. */

import { addressOf } from '../doctor/address.ts';
import { type Diagnosis, type DoctorOptions, diagnose, planRepair, type Repair, repair } from '../doctor.ts';
import { openNetwork } from '../network/index.ts';
import { overrideProvider } from '../provider/overrides.ts';
import { providerNamed } from '../provider/providers.ts';
import { systemClock } from '../system.ts';
import { EXIT_STATUS } from '../words/errors.ts';
import type { DoctorResult, FindingEvent } from '../words/events/doctor.ts';
import { FIX } from '../words/findings.ts';
import { foreignText } from '../words/redact.ts';
import { placeIn } from './arguments.ts';
import type { Invocation } from './commands.ts';
import { answerFinding, count, countsOf } from './findings.ts';
import type { Terminal } from './terminal.ts';

type Outcome = Diagnosis & Partial<Repair> & { changes?: DoctorResult['changes'] };

export async function run({ options, terminal, signal }: Invocation): Promise<number> {
  const provider = overrideProvider(providerNamed(options.provider), {
    issuer: options.issuer,
    clientId: options['client-id'],
    discover: options.discover,
  });
  const place = placeIn(options);
  const network = await openNetwork({ caFile: place.caFile });
  const asked: DoctorOptions = { provider, ...place, signal, network };
  const look = options['dry-run'] ? planRepair : options.fix ? repair : diagnose;
  const outcome: Outcome = await look(asked).finally(network.close);
  if (terminal.json) tellMachine(outcome, terminal);
  else tellPerson(outcome, FIX + addressOf(place), terminal);
  return outcome.healthy ? 0 : EXIT_STATUS.ERR_NOT_ROUTABLE;
}

function tellMachine(outcome: Outcome, terminal: Terminal): void {
  const base = { v: 1 as const, time: new Date(systemClock.now()).toISOString() };
  const { provider, store, generation, healthy, findings, fixed, backups, changes, gateway } = outcome;
  for (const one of fixed ?? [])
    terminal.line({ ...base, type: 'finding', ...one, fixed: true } satisfies FindingEvent);
  for (const one of findings) terminal.line({ ...base, type: 'finding', ...one } satisfies FindingEvent);
  const result: DoctorResult = {
    ...base,
    type: 'result',
    ok: true,
    provider,
    store,
    generation,
    healthy,
    errors: count(findings, 'error'),
    warnings: count(findings, 'warning'),
    infos: count(findings, 'info'),
    fixable: findings.filter(({ fixable }) => fixable).length,
    ...(fixed === undefined ? {} : { fixed: fixed.length }),
    ...(backups === undefined ? {} : { backups: [...backups] }),
    ...(changes === undefined ? {} : { changes: [...changes] }),
    ...(gateway === undefined ? {} : { gateway }),
  };
  terminal.line(result);
}

/** @param fix the command that repairs this store */
function tellPerson(outcome: Outcome, fix: string, terminal: Terminal): void {
  const { bold, dim, green, yellow } = terminal.colors;
  const { provider, store, generation, findings, healthy, fixed, backups = [], changes } = outcome;
  terminal.answer(`${bold(provider)} in ${foreignText(store, 1000)} ${dim(`(generation ${generation})`)}`);
  for (const { id, subject, message } of fixed ?? [])
    terminal.answer(`${green('✔')} ${bold(id)}  ${subject}\n    repaired  ${message}`);
  for (const one of findings) answerFinding(one, terminal);
  for (const { file, backup } of backups) terminal.answer(`${dim('backup')}  ${file} → ${backup}`);
  for (const { difference } of changes ?? []) terminal.answer(`\n${difference}\n`);
  const left = countsOf(findings);
  const said = left === '' ? 'Nothing is wrong.' : `${fixed ? 'Left: ' : ''}${left}.`;
  terminal.answer(healthy ? green(said) : yellow(said));
  const fixable = findings.filter((one) => one.fixable).length;
  if (changes !== undefined) terminal.answer(`Nothing was changed. To repair it: ${fix}`);
  else if (fixable > 0 && fixed === undefined)
    terminal.answer(`${fixable} can be repaired: ${fix} (with --dry-run it shows the change instead)`);
}
