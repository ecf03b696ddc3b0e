/**
 * Whose certificates are believed: what Node.js believes, and the authorities of `--ca-file`. Nothing here can believe less, and
 * nothing can switch the check off.
 */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

import { LoginError } from '../words/errors.ts';
import type { Environment } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM file.
 * @throws LoginError `ERR_USAGE` where it cannot be read, or holds none, or one that is broken
 */
export function readCaFile(path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw caFileError(path, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw caFileError(path, 'holds no certificate in PEM form');
  if (!certificates.every(isCertificate)) throw caFileError(path, 'holds a certificate that is broken');
  return certificates;
}

function caFileError(path: string, what: string): LoginError {
  return new LoginError('ERR_USAGE', {
    summary: `The certificate file ${foreignText(path)} ${what}.`,
    hint: 'Name a PEM file ("-----BEGIN CERTIFICATE-----") of the authority that signs your network\'s certificates: --ca-file ./corporate-ca.pem',
  });
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

/** What to believe with these on top, for a connection. */
export function trustWith(certificates: readonly string[], environment: Environment): tls.SecureContext {
  return tls.createSecureContext({ ca: authoritiesWith(certificates, environment) });
}

/** The whole list: one of ours replaces Node.js's own, so it holds that too, with what NODE_EXTRA_CA_CERTS adds. */
export function authoritiesWith(certificates: readonly string[], environment: Environment): string[] {
  return [...defaultAuthorities(environment), ...certificates];
}

function defaultAuthorities(environment: Environment): readonly string[] {
  // From Node.js 22.15 on it tells what it believes by default, the system's store and NODE_EXTRA_CA_CERTS included.
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  if (getCACertificates !== undefined) return getCACertificates('default');
  return [...tls.rootCertificates, ...extraAuthorities(environment.NODE_EXTRA_CA_CERTS?.trim())];
}

/** As Node.js does, without a word about a file that cannot be used; `codex-login doctor` has one. */
function extraAuthorities(path: string | undefined): readonly string[] {
  if (!path) return [];
  try {
    return readFileSync(path, 'utf8').match(CERTIFICATE)?.filter(isCertificate) ?? [];
  } catch {
    return [];
  }
}
