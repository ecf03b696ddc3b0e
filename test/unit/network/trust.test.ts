import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect, test } from 'vitest';

import { createCertificateAuthority } from '../../../mocks/tls/certificates.ts';
import { authoritiesWith, readCaFile } from '../../../src/network/trust.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const pem = (name: string) => createCertificateAuthority(name, Date.now()).certificate;

test('a certificate file comes on top of what Node.js believes and NODE_EXTRA_CA_CERTS adds', () => {
  const [one, two, extra] = [pem('one'), pem('two'), pem('extra')];
  const directory = temporaryDirectory();
  const [caFile, extraFile] = [join(directory, 'ca.pem'), join(directory, 'extra.pem')];
  writeFileSync(caFile, `# two of them\n${one}\n${two}`);
  writeFileSync(extraFile, extra);
  const believed = authoritiesWith(readCaFile(caFile), { NODE_EXTRA_CA_CERTS: extraFile });
  const wanted = [...rootCertificates, one, two].map((text) => text.trim());
  expect(believed.map((text) => text.trim())).toEqual(expect.arrayContaining(wanted));
  // From Node.js 22.15 on it tells by itself what the variable added when the program started.
  if (!('getCACertificates' in process.getBuiltinModule('node:tls')))
    expect(believed).toContain(extra.trim());
});

test('a NODE_EXTRA_CA_CERTS that cannot be used is left to Node.js, which goes on without it', () => {
  for (const path of ['/nowhere/ca.pem', '/dev/null'])
    expect(authoritiesWith([], { NODE_EXTRA_CA_CERTS: path }).length).toBeGreaterThan(0);
});
