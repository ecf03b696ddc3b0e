import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { locationOf, parsePostgresUrl } from '../../../../src/store/postgres/address.ts';
import { passwordIn, readPassword } from '../../../../src/store/postgres/password-file.ts';
import { tlsOptions } from '../../../../src/store/postgres/tls.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('the URL of a shared store', () => {
  test('says where, as whom and how TLS is checked', () => {
    const url =
      'postgresql://wri%40ter@db.example.com:6432/my%20db?sslmode=verify-ca&sslrootcert=/etc/ca.pem';
    expect(parsePostgresUrl(url, {})).toEqual({
      host: 'db.example.com',
      port: 6432,
      user: 'wri@ter',
      database: 'my db',
      password: undefined,
      tls: { mode: 'verify-ca', ca: '/etc/ca.pem', certificate: undefined, key: undefined },
    });
  });

  test('leaves the rest to the variables of libpq', () => {
    const environment = {
      PGHOST: 'db.internal',
      PGPORT: '5433',
      PGUSER: 'writer',
      PGDATABASE: 'codex',
      PGPASSWORD: 'planted-secret',
      PGSSLMODE: 'require',
      PGSSLROOTCERT: '/pg/ca.pem',
    };
    expect(parsePostgresUrl('postgres://', environment)).toMatchObject({
      host: 'db.internal',
      port: 5433,
      user: 'writer',
      database: 'codex',
      password: 'planted-secret',
      tls: { mode: 'require', ca: '/pg/ca.pem' },
    });
    // What the URL says goes before.
    expect(parsePostgresUrl('postgres://me@here/other?sslmode=disable', environment)).toMatchObject({
      host: 'here',
      user: 'me',
      database: 'other',
      tls: { mode: 'disable' },
    });
  });

  test.each([
    ['postgres://db.example.com/x', 'verify-full'],
    ['postgres://10.0.0.7/x', 'verify-full'],
    ['postgres://localhost/x', 'disable'],
    ['postgres://127.0.0.1/x', 'disable'],
    ['postgres://[::1]/x', 'disable'],
    ['postgres:///x?host=/run/postgresql', 'disable'],
    ['postgres://%2Frun%2Fpostgresql/x', 'disable'],
  ])('without a mode checks certificate and name, unless it stays on this machine: %s', (url, mode) => {
    expect(parsePostgresUrl(url, {}).tls.mode).toBe(mode);
  });

  test.each([
    ['postgres://h', 'no database'],
    ['postgres://h:99999/x', 'cannot be understood'],
    ['postgres://h/x?port=0', 'a port that is none'],
    ['postgres://h/x?host=a,b', 'several hosts'],
    ['postgres://a,b/x', 'several hosts'],
    ['postgres://h/x?sslmode=prefer', 'protects nothing'],
    ['postgres://h/x?sslmode=planted-secret', 'an sslmode that is none'],
    ['postgres://h/x?sslmod=disable', 'not understood here: sslmod'],
    ['postgres://h/%E0%A4%A', 'cannot be understood'],
  ])('is refused where it would be misunderstood: %s', (url, why) => {
    expect(() => parsePostgresUrl(url, {})).toThrow(new RegExp(why));
    expect(() => parsePostgresUrl(url, {})).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.not.stringContaining('planted-secret') }),
    );
  });

  test('is told without its password, with the name of the store', () => {
    const address = parsePostgresUrl('postgres://me:planted-secret@[::1]:6000/a b', {});
    expect(address.password).toBe('planted-secret');
    expect(locationOf(address, 'gateway-7')).toBe('postgres://me@[::1]:6000/a%20b#gateway-7');
    expect(locationOf(parsePostgresUrl('postgres://h/x', {}), undefined)).toBe('postgres://h/x');
  });
});

describe('TLS', () => {
  const pem = () => {
    const file = join(temporaryDirectory(), 'ca.pem');
    writeFileSync(file, 'CERTIFICATE');
    return file;
  };
  const optionsOf = (parameters: string) =>
    tlsOptions(parsePostgresUrl(`postgres://db.example.com/x?${parameters}`, {}), 'the store');

  test('is checked in full, by name too, unless less was asked for', () => {
    expect(optionsOf('')).toEqual({});
    expect(optionsOf(`sslrootcert=${pem()}`)).toEqual({ ca: 'CERTIFICATE' });
    expect(optionsOf('sslmode=disable')).toBe(false);
    expect(optionsOf('sslmode=verify-ca')).toEqual({ checkServerIdentity: expect.any(Function) });
    expect(optionsOf('sslmode=require')).toEqual({ rejectUnauthorized: false });
    // As libpq: a CA that is named is looked at.
    expect(optionsOf(`sslmode=require&sslrootcert=${pem()}`)).toEqual({
      ca: 'CERTIFICATE',
      checkServerIdentity: expect.any(Function),
    });
  });

  test('whose files cannot be read is refused before anything is sent', () => {
    expect(() => optionsOf('sslrootcert=/nowhere.pem')).toThrow('/nowhere.pem');
  });
});

describe('the password file', () => {
  const asked = { host: 'db.example.com', port: 5432, user: 'writer', database: 'codex' };

  test.each([
    ['db.example.com:5432:codex:writer:secret', 'secret'],
    ['*:*:*:*:secret', 'secret'],
    ['# db.example.com:5432:codex:writer:no\nother:*:*:*:no\n*:5432:*:writer:yes\n*:*:*:*:later', 'yes'],
    ['*:*:*:*:a\\:b\\\\c', 'a:b\\c'],
    ['*:*:*:reader:secret', undefined],
    ['*:*:*:*', undefined],
    ['', undefined],
  ])('gives the password of the first line that fits: %j', (text, password) => {
    expect(passwordIn(text, asked)).toBe(password);
  });

  test('calls a socket localhost, as libpq does', () => {
    expect(passwordIn('localhost:*:*:*:yes', { ...asked, host: '/run/postgresql' })).toBe('yes');
  });

  test.runIf(process.platform !== 'win32')('counts for nothing where others can read it', () => {
    const file = join(temporaryDirectory(), '.pgpass');
    writeFileSync(file, '*:*:*:*:secret', { mode: 0o600 });
    expect(readPassword(file, asked)).toBe('secret');
    chmodSync(file, 0o640);
    expect(readPassword(file, asked)).toBeUndefined();
    expect(readPassword('/nowhere', asked)).toBeUndefined();
  });
});
