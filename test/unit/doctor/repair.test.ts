import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { diagnose, planRepair, repair } from '../../../src/doctor.ts';
import { findInLayout } from '../../../src/openclaw/layout-findings.ts';
import { openMemoryStore } from '../../../src/store/memory-store.ts';
import { now, provider, sound, token } from '../../support/damaged-stores.ts';
import { createPatient, type Patient, reachable } from '../../support/doctor.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const me = `${provider}:me@example.com`;
const healthy = {
  version: 1,
  profiles: { [me]: sound('me') },
  order: { [provider]: [me] },
  lastGood: { [provider]: me },
};
const misrouted = { ...healthy, order: { [provider]: ['gone'] } };
const ids = (findings: readonly { id: string }[]) => findings.map(({ id }) => id);

/** The same patient in other surroundings. */
function within({ options }: Patient, environment: Record<string, string>) {
  const { surroundings } = options;
  return {
    ...options,
    surroundings: { ...surroundings, environment: { ...surroundings.environment, ...environment } },
  };
}

/** A PATH on which `openclaw` is this version, whose program is this. */
function installed(version: string, program = '') {
  const root = temporaryDirectory();
  const directory = join(root, 'node_modules', 'openclaw');
  mkdirSync(directory, { recursive: true });
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'openclaw', version }));
  writeFileSync(join(directory, 'openclaw.mjs'), program);
  chmodSync(join(directory, 'openclaw.mjs'), 0o755);
  symlinkSync(join(directory, 'openclaw.mjs'), join(root, 'bin', 'openclaw'));
  return { PATH: join(root, 'bin') };
}

/** Something that answers on a gateway's port. */
async function gateway(): Promise<{ OPENCLAW_GATEWAY_PORT: string }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { OPENCLAW_GATEWAY_PORT: String((server.address() as { port: number }).port) };
}

describe('a store that is sound', () => {
  test('has no findings, and a repair leaves every byte as it is', async () => {
    const patient = createPatient({ store: healthy });
    const before = patient.bytes();
    expect(await diagnose(patient.options)).toMatchObject({ findings: [], healthy: true, generation: 'A' });
    expect(await repair(patient.options)).toMatchObject({
      findings: [],
      fixed: [],
      backups: [],
      healthy: true,
    });
    expect(patient.bytes()).toEqual(before);
  });

  test('of an embedder who keeps it in memory is judged and repaired alike', async () => {
    const store = openMemoryStore({ initial: misrouted });
    const options = { store, fetch: reachable, surroundings: createPatient({}).options.surroundings };
    expect(ids((await planRepair(options)).findings)).toContain('order-names-nothing');
    expect((await repair(options)).fixed).toMatchObject([{ id: 'order-names-nothing' }]);
    expect((await store.read()).state.order).toEqual({ [provider]: [me] });
  });
});

describe('what cannot be opened', () => {
  test('openclaw.json that cannot be understood is a finding with its way out (configuration-unreadable)', async () => {
    const patient = createPatient({ store: healthy, configuration: '{ auth: ' });
    const before = patient.bytes();
    const { findings, fixed } = await repair(patient.options);
    expect(findings).toMatchObject([
      {
        id: 'configuration-unreadable',
        subject: patient.configurationPath,
        remedy: expect.stringContaining('openclaw config validate'),
      },
    ]);
    expect(fixed).toEqual([]);
    expect(patient.bytes()).toEqual(before);
  });

  test('a directory in the place of the store is a finding (store-unreadable)', async () => {
    const patient = createPatient({});
    mkdirSync(patient.storePath, { recursive: true, mode: 0o700 });
    chmodSync(dirname(patient.storePath), 0o700);
    const { findings } = await diagnose(patient.options);
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'store-unreadable', remedy: expect.stringContaining('directory') }),
    );
  });

  test('files that a newer OpenClaw has to move first are a finding with the command (generation)', async () => {
    const patient = createPatient({ store: misrouted });
    const before = patient.bytes();
    const { findings } = await repair(within(patient, installed('2026.8.2')));
    expect(findings.filter(({ id }) => id === 'generation')).toMatchObject([
      { severity: 'error', remedy: expect.stringContaining('openclaw doctor --fix') },
    ]);
    expect(patient.bytes()).toEqual(before);
  });
});

describe('files and databases that do not belong together', () => {
  const directory = (...names: string[]) => {
    const path = temporaryDirectory();
    for (const name of names) writeFileSync(join(path, name), '');
    return path;
  };
  test('a file beside a database (file-beside-database)', () => {
    const path = directory('auth-profiles.json', 'openclaw-agent.sqlite');
    for (const generation of ['C', 'D'] as const)
      expect(findInLayout(path, { generation, from: 'disk', version: '2026.9.6' })).toMatchObject([
        {
          id: 'file-beside-database',
          subject: join(path, 'auth-profiles.json'),
          remedy: 'openclaw doctor --fix',
        },
      ]);
  });
  test('a database of a newer version than the one that is installed, and that this one reads the files (generation)', () => {
    const path = directory('auth-profiles.json', 'openclaw-agent.sqlite');
    const found = findInLayout(path, {
      generation: 'C',
      from: 'disk',
      version: '2026.4.5',
      newerOnDisk: true,
    });
    expect(found).toMatchObject([
      { id: 'generation', subject: path, message: expect.stringMatching(/^A newer OpenClaw/) },
    ]);
    expect(findInLayout(path, { generation: 'C', from: 'disk', version: '2026.6.11' })).toMatchObject([
      { id: 'file-beside-database' },
    ]);
    expect(findInLayout(directory('auth-profiles.json'), { generation: 'A', from: 'disk' })).toEqual([]);
  });
});

describe('a store of generation B, in two files', () => {
  const two = (state: object | string) =>
    createPatient({
      store: { version: 1, profiles: healthy.profiles },
      files: { 'state/agents/main/agent/auth-state.json': state },
    });
  const statePath = ({ storePath }: Patient) => join(dirname(storePath), 'auth-state.json');

  test('is judged by both, repaired in both, and both have a backup', async () => {
    const patient = two({ version: 1, order: { [provider]: ['gone'] }, theirs: 'kept-field' });
    const before = [patient.storePath, statePath(patient)].map((path) => readFileSync(path, 'utf8'));
    expect(await diagnose(patient.options)).toMatchObject({
      generation: 'B',
      findings: [{ id: 'order-names-nothing' }],
    });
    const { backups, findings } = await repair(patient.options);
    expect(findings).toEqual([]);
    expect(backups.map(({ file }) => file)).toEqual([patient.storePath, statePath(patient)]);
    expect(backups.map(({ backup }) => readFileSync(backup, 'utf8'))).toEqual(before);
    expect(JSON.parse(readFileSync(statePath(patient), 'utf8'))).toMatchObject({
      order: { [provider]: [me] },
      theirs: 'kept-field',
    });
  });

  test('whose second file cannot be understood gets it set aside', async () => {
    const patient = two('{"order": {');
    const { findings } = await diagnose(patient.options);
    expect(findings).toMatchObject([{ id: 'store-corrupt', subject: statePath(patient), fixable: true }]);
    const done = await repair(patient.options);
    expect(done.findings).toEqual([]);
    expect(done.backups).toMatchObject([{ file: statePath(patient) }]);
    expect(readFileSync(done.backups[0]?.backup ?? '', 'utf8')).toBe('{"order": {');
  });
});

describe('a gateway that is running (cause 3)', () => {
  test('is told of: what it serves cannot be seen from here (gateway-running)', async () => {
    const patient = createPatient({ store: healthy });
    const { findings, healthy: sane } = await diagnose(within(patient, await gateway()));
    expect(findings).toMatchObject([
      {
        id: 'gateway-running',
        severity: 'info',
        fixable: true,
        remedy: expect.stringContaining('openclaw secrets reload'),
      },
    ]);
    expect(sane).toBe(true);
  });

  test('is asked to read again under the lock, after the repair', async () => {
    const patient = createPatient({ store: misrouted });
    const seen = join(patient.home, 'seen.json');
    // What a gateway would find at that moment.
    const program = `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
      const store = ${JSON.stringify(patient.storePath)};
      writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ locked: existsSync(store + '.lock'), ...JSON.parse(readFileSync(store)) }));
      console.log('{"ok":true}');`;
    const surroundings = { ...(await gateway()), ...installed('2026.4.5', program) };
    const { gateway: state, fixed, findings } = await repair(within(patient, surroundings));
    expect(state).toBe('reloaded');
    expect(ids(fixed).sort()).toEqual(['gateway-running', 'order-names-nothing']);
    expect(findings).toEqual([]);
    expect(JSON.parse(readFileSync(seen, 'utf8'))).toMatchObject({
      locked: true,
      order: { [provider]: [me] },
    });
  });

  test('is asked under the lock also where nothing else is wrong, and nothing is written', async () => {
    const patient = createPatient({ store: healthy });
    const before = readFileSync(patient.storePath, 'utf8');
    const program = `import { existsSync } from 'node:fs'; console.log(JSON.stringify({ ok: existsSync(${JSON.stringify(`${patient.storePath}.lock`)}) }));`;
    const surroundings = { ...(await gateway()), ...installed('2026.4.5', program) };
    expect(await repair(within(patient, surroundings))).toMatchObject({
      gateway: 'reloaded',
      backups: [],
      findings: [],
    });
    expect(readFileSync(patient.storePath, 'utf8')).toBe(before);
    expect(existsSync(`${patient.storePath}.lock`)).toBe(false);
  });

  test('that does not confirm it is left as a warning with the command (gateway-stale)', async () => {
    const patient = createPatient({ store: misrouted });
    const { gateway: state, fixed, findings, healthy: sane } = await repair(within(patient, await gateway()));
    expect(state).toBe('stale');
    expect(ids(fixed)).toEqual(['order-names-nothing']);
    expect(findings).toMatchObject([
      {
        id: 'gateway-stale',
        severity: 'warning',
        remedy: expect.stringContaining('openclaw secrets reload'),
      },
    ]);
    expect(sane).toBe(false);
  });
});

describe('one agent', () => {
  test('is looked at alone with --agent, with what it inherits from main', async () => {
    const patient = createPatient({
      store: healthy,
      agents: { work: { profiles: {}, order: { [provider]: ['gone', me] } } },
    });
    const { findings, store } = await repair({ ...patient.options, agent: 'work' });
    expect(store).toBe(patient.pathOf('work'));
    expect(findings).toEqual([]);
    expect(JSON.parse(readFileSync(patient.pathOf('work'), 'utf8')).order).toEqual({ [provider]: [me] });
  });

  test("is told with the agent's name, and gets a backup of its own", async () => {
    const patient = createPatient({
      store: healthy,
      agents: { work: { profiles: {}, order: { [provider]: ['gone'] } } },
    });
    const { findings } = await diagnose(patient.options);
    expect(findings).toMatchObject([{ id: 'order-names-nothing', subject: `${provider} (agent work)` }]);
    const { backups } = await repair(patient.options);
    expect(backups).toMatchObject([{ file: patient.pathOf('work') }]);
  });
});

describe('openclaw.json', () => {
  const wrong = `{\n  // why was this here?\n  auth: { profiles: { '${me}': { provider: '${provider}', mode: 'api_key' } } },\n}\n`;

  test('keeps every comment, and has a backup', async () => {
    const patient = createPatient({ store: healthy, configuration: wrong });
    const { backups } = await repair(patient.options);
    expect(readFileSync(patient.configurationPath, 'utf8')).toBe(wrong.replace("'api_key'", "'oauth'"));
    expect(backups).toMatchObject([{ file: patient.configurationPath }]);
    expect(readFileSync(backups[0]?.backup ?? '', 'utf8')).toBe(wrong);
  });

  test('is not touched where the store can be repaired instead', async () => {
    const configuration = `{ auth: { order: { '${provider}': ['other'] } } } // cause 1\n`;
    const patient = createPatient({ store: { ...healthy, order: {} }, configuration });
    expect((await repair(patient.options)).fixed).toMatchObject([{ id: 'configured-order-shuts-out' }]);
    expect(readFileSync(patient.configurationPath, 'utf8')).toBe(configuration);
  });

  test('that says it where no edit is safe is left to the person, with the file to look at', async () => {
    const configuration = `{ auth: { profiles: { $include: './gone/../more.json5' } } }`;
    const patient = createPatient({ store: healthy, configuration });
    const more = join(dirname(patient.configurationPath), 'more.json5');
    // JSON5 knows a name twice; an edit could hit the wrong one.
    writeFileSync(more, `{ '${me}': { mode: 'oauth', mode: 'api_key', provider: '${provider}' } }`);
    mkdirSync(join(dirname(patient.configurationPath), 'gone'));
    const before = readFileSync(more, 'utf8');
    const { findings } = await repair(patient.options);
    expect(findings).toMatchObject([
      { id: 'configured-mode', fixable: false, remedy: expect.stringContaining(more) },
    ]);
    expect(readFileSync(more, 'utf8')).toBe(before);
  });
});

describe('an access token', () => {
  test('that OpenClaw 2026.4.5 cannot decode is told of (token-characters)', async () => {
    const account = 'mé?>~';
    const access = token('x', { account });
    expect(access.split('.')[1]).toMatch(/[-_]/);
    const profile = { ...sound('x', { account }), access, accountId: account, email: 'x@example.com' };
    const patient = createPatient({ store: { ...healthy, profiles: { [me]: profile } } });
    expect((await diagnose(patient.options)).findings).toMatchObject([
      { id: 'token-characters', severity: 'info' },
    ]);
  });
});

test('what a store names is shown without control characters, and a token in the wrong place is not shown', async () => {
  const secret = token('planted');
  const patient = createPatient({
    store: { ...healthy, order: { [provider]: [`x\u001b[31m${secret}`, me] } },
  });
  const text = JSON.stringify(await diagnose(patient.options));
  expect(text).toContain('order-dangling');
  expect(text).not.toContain(secret);
  expect(text).not.toContain('\\u001b');
});

describe('what the system does not let be repaired', () => {
  test('of openclaw.json is told with the file, after the store was repaired', async () => {
    // No temporary file fits beside a name this long.
    const real = join(temporaryDirectory(), 'x'.repeat(250));
    const wrong = `{ auth: { profiles: { '${me}': { provider: '${provider}', mode: 'token' } } } }`;
    writeFileSync(real, wrong);
    const patient = createPatient({ store: misrouted });
    symlinkSync(real, patient.configurationPath);
    await expect(repair(patient.options)).rejects.toMatchObject({
      code: 'ERR_STORE_IO',
      store: patient.configurationPath,
      summary: expect.stringContaining('ENAMETOOLONG'),
    });
    expect(readFileSync(real, 'utf8')).toBe(wrong);
    expect(JSON.parse(readFileSync(patient.storePath, 'utf8')).order).toEqual({ [provider]: [me] });
  });

  test('a backup goes beside another that has its name, whatever that is', async () => {
    const patient = createPatient({ store: misrouted });
    mkdirSync(`${patient.storePath}.2026-11-24T12-00-00-000Z.bak`);
    const { backups } = await repair(patient.options);
    expect(backups).toMatchObject([{ backup: `${patient.storePath}.2026-11-24T12-00-00-000Z-2.bak` }]);
  });
});

describe('a server that cannot be reached', () => {
  const fetch = async () => {
    throw Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error(), { code: 'ENOTFOUND' }),
    });
  };
  const severityFor = async (store: object) => {
    const { findings } = await diagnose({ ...createPatient({ store }).options, fetch });
    return findings.find(({ id }) => id === 'issuer-unreachable')?.severity;
  };

  test('matters where a token has to be had soon, and not where a repair is all that is needed', async () => {
    const over = { ...healthy, profiles: { [me]: { ...sound('me'), expires: now - 1 } } };
    expect([await severityFor(healthy), await severityFor(misrouted)]).toEqual(['info', 'info']);
    expect([await severityFor(over), await severityFor({ profiles: {} })]).toEqual(['warning', 'warning']);
  });
});

describe('a remedy that is a command', () => {
  test('leads to the store that was looked at', async () => {
    const patient = createPatient({
      store: healthy,
      agents: { work: { profiles: {}, order: { [provider]: ['gone', me] } } },
    });
    const [found] = (await diagnose({ ...patient.options, agent: 'work' })).findings;
    expect(found).toMatchObject({ id: 'order-dangling', remedy: 'codex-login doctor --fix --agent work' });
    const path = join(temporaryDirectory(), 'my store.json');
    writeFileSync(path, JSON.stringify(misrouted), { mode: 0o600 });
    const [own] = (await diagnose({ ...patient.options, where: path })).findings;
    expect(own).toMatchObject({ remedy: `codex-login doctor --fix --store '${path}'` });
    const [usual] = (await diagnose(createPatient({ store: misrouted }).options)).findings;
    expect(usual).toMatchObject({ remedy: 'codex-login doctor --fix' });
  });
});
