/**
 * What a person pastes instead of a callback: the address the browser ended at, its query, `code#state`, or a bare code.
 * Pure. It decides what the text is; whether it settles the login, `authorization-response` decides by the same rules as for a callback.
 */

export type PastedResponse =
  /** The query of a callback, to be read as one. */
  | { readonly kind: 'query'; readonly query: string }
  /** A code without its state: nothing shows that it belongs to this attempt (RFC 9700 §4.7). */
  | { readonly kind: 'bare-code'; readonly code: string }
  | { readonly kind: 'unusable'; readonly sentence: string };

/** Longer than any address that a browser shows after a sign-in. */
const LONGEST_PASTE = 16_384;

/**
 * Reads a pasted text. Line breaks and spaces are where a terminal wrapped it, and are no part of it.
 * @param expected the redirect URI of this attempt, and the authorization endpoint, which is what people copy by mistake
 */
export function parsePastedResponse(
  text: string,
  expected: { readonly redirectUri: string; readonly authorizationEndpoint: string },
): PastedResponse {
  const pasted = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, '').replace(/^["'<]+|["'>]+$/g, '');
  if (pasted === '') return unusable('Nothing was pasted.');
  if (pasted.length > LONGEST_PASTE) return unusable('That is far too long for the address of a sign-in.');
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(pasted)) return readAddress(pasted, expected);
  // Some browsers leave the scheme out of what is copied.
  if (/^(?:localhost|127\.0\.0\.1|\[::1\])[:/]/i.test(pasted))
    return readAddress(`http://${pasted}`, expected);
  const withoutPath = pasted.replace(/^[/\w.-]*\?/, '');
  if (/^(?:code|error|state|iss|scope|error_description)=/.test(withoutPath)) return query(withoutPath);
  const [code = '', state, ...more] = pasted.split('#');
  if (more.length > 0 || !/^[\w.~+/=-]+$/.test(code))
    return unusable('That is neither an address of the sign-in nor a code.');
  if (state) return query(new URLSearchParams({ code, state }).toString());
  return { kind: 'bare-code', code };
}

function readAddress(
  address: string,
  { redirectUri, authorizationEndpoint }: { redirectUri: string; authorizationEndpoint: string },
): PastedResponse {
  if (!URL.canParse(address)) return unusable('That is no complete address.');
  const url = new URL(address);
  const callback = new URL(redirectUri);
  const endpoint = new URL(authorizationEndpoint);
  if (url.host === endpoint.host && url.pathname === endpoint.pathname)
    return unusable(
      "That is the address of the sign-in page. Sign in there, then paste the address that the browser shows at the end: it begins with the callback's.",
    );
  if (!isLoopback(url) || url.pathname !== callback.pathname)
    return unusable(`That is another address: the one that is needed begins with ${redirectUri}?`);
  if (url.search.length < 2) return unusable('The address ends before its "?": copy all of it.');
  return query(url.search.slice(1));
}

/** A person who signs in on another machine may have come back on another port of it; `state` says whether it is ours. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

function query(text: string): PastedResponse {
  return { kind: 'query', query: text.split('#', 1)[0] ?? '' };
}

function unusable(sentence: string): PastedResponse {
  return { kind: 'unusable', sentence };
}
