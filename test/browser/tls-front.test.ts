import { createHash, type X509Certificate } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:tls';
import { chromium } from 'playwright-core';
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';

import { startAuthorizationServer, startTlsFront, type TlsFront } from '../../mocks/index.ts';

const found = inject('chromium');
const issuer = 'https://auth.openai.com';

/** A Chromium that goes through the front for everything; with `trusted`, that one key is believed. */
async function visit(front: TlsFront, trusted?: string) {
  if ('missing' in found) throw new Error(found.missing);
  const browser = await chromium.launch({
    executablePath: found.path,
    proxy: { server: front.proxyUrl },
    args: trusted === undefined ? [] : [`--ignore-certificate-errors-spki-list=${trusted}`],
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  return page.goto(`${issuer}/.well-known/openid-configuration`);
}

async function leafOf(front: TlsFront): Promise<X509Certificate> {
  const socket = await new Promise<import('node:stream').Duplex>((resolve) => {
    request({ host: '127.0.0.1', port: front.port, method: 'CONNECT', path: 'auth.openai.com:443' })
      .on('connect', (_, tunnel) => resolve(tunnel))
      .end();
  });
  return new Promise((resolve) => {
    const tls = connect({ socket, ca: front.caCertificate, servername: 'auth.openai.com' }, () => {
      resolve(tls.getPeerX509Certificate() as X509Certificate);
      tls.destroy();
    });
  });
}

beforeEach((context) => {
  if ('missing' in found) context.skip(found.missing);
});

describe('a certificate of the TLS front, in Chromium', () => {
  test('lacks nothing but trust', async () => {
    const server = await startAuthorizationServer({ issuer });
    const front = await startTlsFront({ server });
    onTestFinished(() => Promise.all([front.close(), server.close()]).then(() => undefined));
    await expect(visit(front)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
    const key = (await leafOf(front)).publicKey.export({ type: 'spki', format: 'der' });
    const answer = await visit(front, createHash('sha256').update(key).digest('base64'));
    expect(await answer?.json()).toMatchObject({ issuer });
    // Whatever else a browser wants to look up comes by here, and no further.
    expect(
      front.journal.entries.every(({ target, status }) => status === 403 || target === 'auth.openai.com:443'),
    ).toBe(true);
  });
});
