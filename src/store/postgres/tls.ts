/** How the server's certificate is checked, for the driver: what each sslmode means, with the files that were named. */

import { readFileSync } from 'node:fs';

import { StoreError } from '../../words/errors.ts';
import type { PostgresAddress, TlsMode } from './address.ts';

/** For node:tls; false: no TLS. @throws StoreError `ERR_STORE_UNREACHABLE` where a file cannot be read */
export function tlsOptions({ tls, host }: PostgresAddress, location: string) {
  if (tls.mode === 'disable' || host.startsWith('/')) return false;
  const file = (path: string | undefined) => (path === undefined ? undefined : readPem(path, location));
  const ca = file(tls.ca);
  const own = { cert: file(tls.certificate), key: file(tls.key) };
  const given = Object.fromEntries(Object.entries({ ca, ...own }).filter(([, pem]) => pem !== undefined));
  // As libpq does: where a CA is named, "require" looks at the certificate, and not at the name in it.
  const checks: TlsMode = tls.mode === 'require' && ca !== undefined ? 'verify-ca' : tls.mode;
  if (checks === 'require') return { ...given, rejectUnauthorized: false };
  return checks === 'verify-ca' ? { ...given, checkServerIdentity: () => undefined } : given;
}

function readPem(path: string, location: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new StoreError('ERR_STORE_UNREACHABLE', {
      store: location,
      summary: `A certificate or key for the shared store cannot be read: ${path}.`,
      hint: 'Check sslrootcert, sslcert, sslkey and --ca-file.',
    });
  }
}
