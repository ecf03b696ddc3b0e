/** What every response of the callback's listener carries, whatever it answers (R-HEADERS). */

/** No CORS, no caching, no referrer, no framing, nothing to load. Pages add the hash of their own style to the policy. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy(),
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  Connection: 'close',
};

/** @param styleHash `'sha256-…'` of the only style that may apply */
export function contentSecurityPolicy(styleHash?: string): string {
  const style = styleHash === undefined ? '' : `style-src ${styleHash}; `;
  return `default-src 'none'; ${style}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
