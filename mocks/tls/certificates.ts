/**
 * Certificates for tests: a certification authority that lives as long as its process, and what it signs (RFC 5280). One fixed
 * shape, ECDSA P-256 with SHA-256; who is served which certificate is the TLS front's business.
 *
 * Written here and not taken from a package: Node.js makes keys and signatures, and what is missing is to lay two structures
 * out as DER, which is this page. The packages that do it bring 2.6 MB in 19 packages (@peculiar/x509), 6 MB in 22 (selfsigned)
 * or 1.7 MB (node-forge) to everybody who installs the mock. The tests have the outcome read by Node.js, OpenSSL and Chromium.
 */

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate, as PEM, and the key that goes with it. */
export interface Certificate {
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

export interface CertificateAuthority {
  /** The certificate to trust, as PEM. */
  readonly certificate: string;
  /**
   * A server's certificate for these DNS names.
   * @param notAfter when it expires, in milliseconds since the epoch; a day before and after `now` by default
   */
  issue(names: readonly string[], notAfter?: number): Certificate;
}

const DAY_MS = 86_400_000;

/**
 * A new authority, with a key that never leaves this process.
 * @param commonName what a program that does not trust it will call it; 64 characters at most
 * @param now milliseconds since the epoch: the middle of its two days
 */
export function createCertificateAuthority(commonName: string, now: number): CertificateAuthority {
  const keys = newKeyPair();
  const name = distinguishedName(commonName);
  const keyId = keyIdentifier(keys.publicKey);
  const ours = (
    subject: Buffer,
    publicKey: KeyObject,
    validity: readonly [number, number],
    extensions: Buffer[],
  ) => {
    const body = sequence(
      element(0xa0, integer(Buffer.of(2))),
      integer(serialNumber()),
      ECDSA_WITH_SHA256,
      name,
      sequence(...validity.map(time)),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      element(0xa3, sequence(...extensions)),
    );
    const signature = sign('sha256', body, keys.privateKey);
    return pem(sequence(body, ECDSA_WITH_SHA256, bitString(signature)));
  };
  const certificate = ours(
    name,
    keys.publicKey,
    [now - DAY_MS, now + DAY_MS],
    [
      extension(BASIC_CONSTRAINTS, sequence(element(0x01, Buffer.of(0xff))), 'critical'),
      // keyCertSign and cRLSign.
      extension(KEY_USAGE, bitString(Buffer.of(0x06), 1), 'critical'),
      extension(SUBJECT_KEY_IDENTIFIER, octetString(keyId)),
    ],
  );
  return {
    certificate,
    issue(names, notAfter = now + DAY_MS) {
      const { publicKey, privateKey } = newKeyPair();
      const extensions = [
        extension(BASIC_CONSTRAINTS, sequence(), 'critical'),
        // digitalSignature.
        extension(KEY_USAGE, bitString(Buffer.of(0x80), 7), 'critical'),
        extension(EXTENDED_KEY_USAGE, sequence(SERVER_AUTHENTICATION)),
        extension(SUBJECT_ALTERNATIVE_NAME, sequence(...names.map((dns) => element(0x82, Buffer.from(dns))))),
        extension(SUBJECT_KEY_IDENTIFIER, octetString(keyIdentifier(publicKey))),
        extension(AUTHORITY_KEY_IDENTIFIER, sequence(element(0x80, keyId))),
      ];
      const subject = distinguishedName((names[0] ?? '').slice(0, 64));
      const validity = [Math.min(now, notAfter) - DAY_MS, notAfter] as const;
      return { certificate: ours(subject, publicKey, validity, extensions), privateKey };
    },
  };
}

function newKeyPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** RFC 5280 §4.2.1.2, method 1 but over the whole key: any unique value will do. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

/** Positive, 127 bits, never two alike (RFC 5280 §4.1.2.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

const oid = (hex: string) => element(0x06, Buffer.from(hex, 'hex'));
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = oid('550403');
const SUBJECT_KEY_IDENTIFIER = oid('551d0e');
const KEY_USAGE = oid('551d0f');
const SUBJECT_ALTERNATIVE_NAME = oid('551d11');
const BASIC_CONSTRAINTS = oid('551d13');
const AUTHORITY_KEY_IDENTIFIER = oid('551d23');
const EXTENDED_KEY_USAGE = oid('551d25');
const SERVER_AUTHENTICATION = oid('2b06010505070301');

function distinguishedName(commonName: string): Buffer {
  return sequence(element(0x31, sequence(COMMON_NAME, element(0x0c, Buffer.from(commonName)))));
}

function extension(id: Buffer, value: Buffer, critical?: 'critical'): Buffer {
  const mark = critical ? [element(0x01, Buffer.of(0xff))] : [];
  return sequence(id, ...mark, octetString(value));
}

/** UTCTime, which RFC 5280 §4.1.2.5 demands until 2049. */
function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/\D/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

/** @param bytes big-endian, the first bit 0 */
function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes);
}

function octetString(bytes: Buffer): Buffer {
  return element(0x04, bytes);
}

function bitString(bytes: Buffer, unusedBits = 0): Buffer {
  return element(0x03, Buffer.of(unusedBits), bytes);
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, ...parts);
}

/** Tag, length, content (X.690 §8.1, §10.1). */
function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  if (length >= 0x80 && length < 0x100) head.splice(1, 3, 0x81, length);
  return Buffer.concat([Buffer.from(head), content]);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
