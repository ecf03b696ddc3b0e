/**
 * Keeps secrets and control characters out of text that a person, a log or a page will see.
 * It decides what a secret looks like; it does not decide what is printed.
 */

/** Longest text taken over from a server, in characters. */
const LONGEST_FOREIGN_TEXT = 300;

/**
 * Text from a server, made safe for a terminal and a log: control characters, bidirectional overrides and line breaks become
 * spaces, and it is cut to 300 characters. HTML is escaped elsewhere, by the pages.
 */
export function foreignText(text: string, longest: number = LONGEST_FOREIGN_TEXT): string {
  const safe = redact(text);
  // The expression for everything else takes half a millisecond to compile, and is seldom needed.
  const printable = /^[ -~]*$/.test(safe)
    ? safe
    : safe.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]+/gu, ' ');
  const plain = printable.replace(/ {2,}/g, ' ').trim();
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
}

const SECRETS: readonly [RegExp, string][] = [
  // A JWT, whole or cut.
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g, '[token]'],
  // OpenAI's opaque tokens and keys.
  [/\b(?:rt|at|ac|sk|sess)[-_.][\w.-]{16,}/g, '[token]'],
  // name=value and "name":"value" of everything that is a secret in OAuth.
  [
    /\b((?:access|refresh|id)_token|code_verifier|code|state|client_secret|device_code|device_auth_id|nonce)(["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
    '$1$2[redacted]',
  ],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
];

/** The same text with everything that looks like a token, code, verifier or state replaced. */
export function redact(text: string): string {
  let safe = text;
  for (const [pattern, replacement] of SECRETS) safe = safe.replace(pattern, replacement);
  return safe;
}

/** The same text without these very secrets, whatever they look like. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((safe, secret) => safe.replaceAll(secret, '[redacted]'), text);
}

/** A token as a person may see it: its first characters and its length, e.g. `eyJhbG… (1,203 characters)`. */
export function maskToken(token: string): string {
  return `${token.slice(0, Math.min(6, Math.floor(token.length / 8)))}… (${token.length.toLocaleString('en-US')} characters)`;
}
