/** The claims of a JWT, read without deciding anything about them. Pure. */

/** Claims of a token (RFC 7519 §4). */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * The payload of a JWT without any verification; undefined where the token is opaque. For reading what the server said to
 * the API about a token it handed to us itself, never for deciding trust.
 */
export function readUnverifiedClaims(token: string): Claims | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}
