// A commit that is killed, refused, stopped or cut off at each of its calls to the file system, one trial each. The calls are found
// by counting them. Every trial says what it saw in `flaws`: none, where S-1 to S-8 hold. Tests and `soak` share it.

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { watchDisk } from './power-loss.mjs';
import { flawsOf } from './store-flaws.mjs';
import { bytesOf, commitAccount, filesIn, idOf, keptIn, makeOld, scenarios } from './store-scenarios.mjs';
import { lineOf, refusal, traceFileSystem } from './traced-file-system.mjs';

/**
 * @typedef {object} Modules the store under test
 * @property {typeof import('../../src/store/file/file-store.ts').openFileStore} openFileStore
 * @property {typeof import('../../src/store/edits/login.ts').recordLogin} recordLogin
 * @property {import('../../src/store/file/file-system.ts').FileSystem} nodeFileSystem
 * @property {string} [under] where the trials take place; default: the system's temporary directory
 * @typedef {{ trials: number, calls: string[], flaws: string[] }} Verdict
 */

const committer = fileURLToPath(new URL('committer.mjs', import.meta.url));
const inAnHour = { now: () => Date.now() + 3_600_000, sleep: () => Promise.reject(new Error('had to wait')) };

/** Runs a trial in a directory of its own. */
async function inDirectory({ under = tmpdir() }, scenario, trial) {
  const directory = realpathSync(mkdtempSync(join(under, 'codex-login-trial-')));
  try {
    return await trial(scenarios[scenario](directory), directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * What the next run makes of a store, with whatever was left beside it an hour old. But for the lock, where the clock is the
 * system's: that must be stale because its process is gone.
 */
async function nextRun({ openFileStore, recordLogin }, path, directory, scenario, acknowledged, clock) {
  makeOld(
    directory,
    clock ? filesIn(directory) : filesIn(directory).filter((file) => !file.endsWith('.lock')),
  );
  try {
    await commitAccount(
      openFileStore(path, clock ? { clock, lockWaitMs: 0 } : { lockWaitMs: 0 }),
      recordLogin,
      'next',
    );
  } catch (error) {
    return [`the next run fails: ${error.message}`];
  }
  return flawsOf(path, { kept: keptIn(scenario), acknowledged: [...acknowledged, idOf('next')] });
}

/** Whether the store is as before or as after, with nothing in between, and what of the commit is in it. */
function oldOrNew(path, old, account) {
  const now = bytesOf(path);
  if (now === undefined || old?.equals(now))
    return (now === undefined) === (old === undefined) ? 'old' : 'absent';
  try {
    return idOf(account) in JSON.parse(now.toString('utf8')).profiles ? 'new' : 'something else';
  } catch {
    return 'half';
  }
}

/** Starts `committer.mjs`; `ended` resolves to its line, or to the signal that ended it. */
export function startCommitter(dist, path, account, strike = [], limit = '') {
  const args = [committer, dist, path, account, ...strike.map(String)];
  const child = limit
    ? spawn('sh', ['-c', `${limit}; exec "$0" "$@"`, process.execPath, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
    : spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise((resolve) => {
    child.once('close', (_, signal) => resolve(signal ? { signal } : JSON.parse(text)));
  });
  return { child, ended };
}

/** As many at once as there are hands. */
async function each(items, trial, hands = 4) {
  const queue = [...items];
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await trial(item);
  };
  await Promise.all(Array.from({ length: hands }, work));
}

/**
 * SIGKILL before and after every call: old or new, the next run takes the lock over and collects the rest.
 * @param {Modules} modules @param {string} dist @returns {Promise<Verdict>}
 */
export async function killAtEveryCall(modules, dist, scenario, moments = ['before', 'after']) {
  const { calls } = await inDirectory(modules, scenario, (path) => startCommitter(dist, path, 'me').ended);
  const trials = moments.flatMap((moment) => calls.map((line, index) => ({ moment, line, index })));
  const flaws = [];
  await each(trials, ({ moment, line, index }) =>
    inDirectory(modules, scenario, async (path, directory) => {
      const old = bytesOf(path);
      const { signal } = await startCommitter(dist, path, 'me', [moment, index, 'SIGKILL']).ended;
      const found = oldOrNew(path, old, 'me');
      const wrong = [
        ...(signal === 'SIGKILL' ? [] : ['it was not killed']),
        ...(found === 'old' || found === 'new' ? [] : [`S-1 S-2 ${found}`]),
        ...(await nextRun(modules, path, directory, scenario, found === 'new' ? [idOf('me')] : [])),
      ];
      flaws.push(...wrong.map((flaw) => `${scenario}, killed ${moment} ${index} ${line}: ${flaw}`));
    }),
  );
  return { trials: trials.length, calls, flaws };
}

export const ERRORS = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'EBUSY', 'EMFILE', 'ENFILE'];
/** What a write may do besides failing. */
const WRITES = {
  'short write': ({ fs, args: [descriptor, bytes, offset, length] }) =>
    fs.writeSync(descriptor, bytes, offset, Math.ceil(length / 2)),
  'short write, then ENOSPC': ({ fs, args: [descriptor, bytes, offset, length], once }) => {
    if (!once) throw refusal('ENOSPC', 'writeSync');
    return fs.writeSync(descriptor, bytes, offset, Math.ceil(length / 2));
  },
  'nothing taken': () => 0,
};

/**
 * Every call refused with every error, once and for good: what was reported as failed has left the old bytes, or says that
 * nobody knows; what was reported as done is done.
 * @param {Modules} modules @returns {Promise<Verdict & { unknown: number, failed: number }>}
 */
export async function refuseEveryCall(modules, scenario, lengths = ['once', 'for good'], errors = ERRORS) {
  const { calls } = await commitTraced(modules, scenario, {}, () => []);
  const count = { trials: 0, failed: 0, unknown: 0 };
  const flaws = [];
  for (const index of calls.keys()) {
    const writes = calls[index].startsWith('writeSync') ? Object.keys(WRITES) : [];
    for (const error of [...errors, ...writes]) {
      for (const length of error in WRITES ? ['for good'] : lengths) {
        let met = 'nothing';
        const hit = (call) => (length === 'once' ? call.index === index : call.index >= index);
        const before = (call) => {
          if (call.index === index) met = lineOf(call);
          if (!hit(call) || (error in WRITES && call.name !== 'writeSync')) return undefined;
          if (!(error in WRITES)) throw refusal(error, call.name);
          return {
            answer: WRITES[error]({
              fs: modules.nodeFileSystem,
              args: call.args,
              once: call.index === index,
            }),
          };
        };
        const { flaws: found, failure } = await commitTraced(modules, scenario, { before }, judge);
        count.trials += 1;
        if (met !== calls[index]) found.push(`met ${met} instead`);
        if (failure) count[failure.outcome === 'unknown' ? 'unknown' : 'failed'] += 1;
        flaws.push(
          ...found.map((flaw) => `${scenario}, ${error} ${length} at ${index} ${calls[index]}: ${flaw}`),
        );
      }
    }
  }
  return { ...count, calls, flaws };

  async function judge({ path, directory, old, failure, renamed }) {
    const found = oldOrNew(path, old, 'me');
    const wrong = [];
    if (!failure && found !== 'new') wrong.push(`S-8 reported as done, and found ${found}`);
    if (failure && !['ERR_STORE_IO', 'ERR_STORE_LOCKED'].includes(failure.code))
      wrong.push(`reported as ${failure.code ?? failure.message}`);
    if (failure?.outcome === 'unchanged' && found !== 'old')
      wrong.push(`S-8 reported as failed, and found ${found}`);
    if (failure?.outcome === 'unknown' && !(renamed && found === 'new'))
      wrong.push(`"unknown", and found ${found}`);
    return [
      ...wrong,
      ...(await nextRun(modules, path, directory, scenario, found === 'new' ? [idOf('me')] : [], inAnHour)),
    ];
  }
}

async function commitTraced(modules, scenario, hooks, judge) {
  const { openFileStore, recordLogin, nodeFileSystem } = modules;
  return inDirectory(modules, scenario, async (path, directory) => {
    const old = bytesOf(path);
    const { fileSystem, lines } = traceFileSystem(nodeFileSystem, hooks);
    let renamed = false;
    const watching = {
      ...fileSystem,
      renameSync(from, to) {
        fileSystem.renameSync(from, to);
        renamed = true;
      },
    };
    const failure = await commitAccount(
      openFileStore(path, { fileSystem: watching, lockWaitMs: 0 }),
      recordLogin,
      'me',
    ).then(
      () => undefined,
      (error) => error,
    );
    return { calls: lines(), failure, flaws: await judge({ path, directory, old, failure, renamed }) };
  });
}

/**
 * SIGSTOP before every call, for longer than a lock lives: another writer takes the lock over and commits, the stopped one goes on.
 * The newer state must stand. @param {Modules} modules @param {string} dist
 * @returns {Promise<Verdict & { windows: string[] }>} `windows`: the calls before which a stop did lose the newer state
 */
export async function stopAtEveryCall(modules, dist, scenario) {
  const { calls } = await inDirectory(modules, scenario, (path) => startCommitter(dist, path, 'me').ended);
  const flaws = [];
  const windows = [];
  await each(calls.keys(), (index) =>
    inDirectory(modules, scenario, async (path, directory) => {
      const stopped = startCommitter(dist, path, 'me', ['before', index, 'SIGSTOP']);
      await untilStopped(stopped.child.pid);
      ageLock(`${path}.lock`);
      await commitAccount(modules.openFileStore(path, { lockWaitMs: 5_000 }), modules.recordLogin, 'newer');
      stopped.child.kill('SIGCONT');
      const { acknowledged } = await stopped.ended;
      const lost = !(idOf('newer') in JSON.parse(readFileSync(path, 'utf8')).profiles);
      if (lost) windows.push(calls[index]);
      const wrong = [
        ...(acknowledged ? [] : ['its own commit failed']),
        ...(await nextRun(modules, path, directory, scenario, [
          idOf('me'),
          ...(lost ? [] : [idOf('newer')]),
        ])),
      ];
      flaws.push(...wrong.map((flaw) => `${scenario}, stopped before ${index} ${calls[index]}: ${flaw}`));
    }),
  );
  return { trials: calls.length, calls, flaws, windows };
}

/** Not a moment of rest: the state of a process is asked for until it is "T". */
async function untilStopped(pid) {
  for (const giveUpAt = Date.now() + 20_000; Date.now() < giveUpAt; ) {
    if (/^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('the process did not stop');
}

/** As if the holder had been stopped for a minute: the same file, with an older time in it and on it. */
function ageLock(lock) {
  const then = new Date(Date.now() - 60_000);
  for (const file of [lock, `${lock}.takeover`].filter((one) => existsSync(one))) {
    const body = readFileSync(file, 'utf8');
    if (body.includes('createdAt'))
      writeFileSync(file, JSON.stringify({ ...JSON.parse(body), createdAt: then.toISOString() }));
    utimesSync(file, then, then);
  }
}

/**
 * The power goes before and after every call that changes anything: every state of `power-loss` is old or new, new once the
 * commit was acknowledged, can be read, and can be committed to.
 * @param {Modules} modules @returns {Promise<Verdict>} `trials`: states that differ
 */
export async function losePowerAtEveryCall(modules, scenario) {
  const { openFileStore, recordLogin, nodeFileSystem } = modules;
  return inDirectory(modules, scenario, async (path, directory) => {
    const old = bytesOf(path);
    const target = old === undefined ? path : realpathSync(path);
    const disk = watchDisk(directory);
    const found = new Map();
    const note = (moment, acknowledged) => {
      for (const [key, state] of disk.states()) {
        const seen = found.get(key);
        if (!seen || (acknowledged && !seen.acknowledged)) found.set(key, { state, moment, acknowledged });
      }
    };
    note('the start', false);
    const { fileSystem, lines, calls } = traceFileSystem(nodeFileSystem, {
      after(call, answer) {
        if (disk.after(call, answer)) note(`${call.index} ${lineOf(call)}`, acknowledged);
      },
    });
    let acknowledged = false;
    await commitAccount(openFileStore(path, { fileSystem }), recordLogin, 'me', {
      async whileLocked() {
        acknowledged = true;
        note('the acknowledgement', true);
      },
    });
    note('the end', true);
    const next = bytesOf(path);
    const name = target.slice(directory.length + 1);
    const flaws = [];
    for (const { state, moment, acknowledged: done } of found.values()) {
      const bytes = state.get(name);
      const isOld = bytes === undefined ? old === undefined : old?.equals(bytes) === true;
      const isNew = bytes !== undefined && next.equals(bytes);
      const wrong = [];
      if (!isNew && done) wrong.push('S-8 acknowledged, and gone');
      else if (!isNew && !isOld)
        wrong.push(`S-1 S-2 ${bytes === undefined ? 'no store' : `${bytes.length} of ${next.length} bytes`}`);
      else wrong.push(...(await afterwards(state, scenario, name, isNew)));
      flaws.push(...wrong.map((flaw) => `${scenario}, power lost after ${moment}: ${flaw}`));
    }
    return { trials: found.size, calls: calls.length ? lines() : [], flaws };
  });

  /** The same files on a real disk, an hour later: read, and committed to. */
  async function afterwards(state, of, name, isNew) {
    return inDirectory(modules, 'first', async (_, directory) => {
      for (const [file, bytes] of state) {
        mkdirSync(dirname(join(directory, file)), { recursive: true });
        writeFileSync(join(directory, file), bytes, { mode: 0o600 });
      }
      const path = join(directory, name);
      try {
        await openFileStore(path).read();
      } catch (error) {
        return [`S-1 ${error.message}`];
      }
      return nextRun(modules, path, directory, of, isNew ? [idOf('me')] : [], inAnHour);
    });
  }
}
