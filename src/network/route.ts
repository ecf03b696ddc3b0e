/**
 * Which way a request goes: directly, or through which proxy, by the variables that everybody sets.
 * Pure: the environment is handed in. Passwords in a proxy's URL go into its credentials and nowhere else.
 */

import { isLoopbackUrl } from '../provider/overrides.ts';
import type { Environment } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';

/** The proxy that the environment names for a URL. */
export interface HttpProxy {
  /** The variable that chose it, as it is spelled there. */
  readonly variable: string;
  /** Without user name and password, for people: `http://proxy.corp:3128`. */
  readonly shown: string;
  readonly host: string;
  readonly port: number;
  /** Whether the connection to the proxy itself is TLS. */
  readonly secure: boolean;
  /** `Proxy-Authorization` (RFC 7617). Secret. */
  readonly authorization?: string;
}

export type Route =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly proxy: HttpProxy }
  /** A variable that names something which is no proxy of ours: going on without it would not be what was asked for. */
  | { readonly kind: 'unusable'; readonly variable: string; readonly reason: string };

/**
 * Variables in the order in which they are asked, the lower-case spelling first, as curl and Node.js have it. All our requests
 * but those to this machine are https; where only HTTP_PROXY is set it counts for them too, as in Node.js.
 */
const VARIABLES = [
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'http_proxy',
  'HTTP_PROXY',
] as const;

/** The way to this URL. This machine itself is always reached directly. */
export function routeTo(url: string, environment: Environment): Route {
  const variable = proxyVariable(environment);
  if (variable === undefined || isLoopbackUrl(url) || isExempt(new URL(url), environment))
    return { kind: 'direct' };
  return parseProxy(variable, environment[variable]?.trim() ?? '');
}

/** The variable that names a proxy, wherever to; undefined where none is set. */
export function proxyVariable(environment: Environment): string | undefined {
  return VARIABLES.find((name) => environment[name]?.trim());
}

function parseProxy(variable: string, value: string): Route {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(text)) return { kind: 'unusable', variable, reason: 'is no URL' };
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  // What stands before the first of these would be taken for the host, and shown.
  if (`${pathname}${search}${hash}`.includes('@'))
    return {
      kind: 'unusable',
      variable,
      reason:
        'is no URL: in its user name and password, "/" is written %2F, "?" is written %3F and "#" is written %23',
    };
  if (protocol !== 'http:' && protocol !== 'https:')
    return {
      kind: 'unusable',
      variable,
      reason: `names a proxy of the kind ${foreignText(protocol.slice(0, -1), 20)}, and only http and https proxies are supported`,
    };
  const secure = protocol === 'https:';
  const user = `${decoded(username)}:${decoded(password)}`;
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    kind: 'proxy',
    proxy: {
      variable,
      shown: foreignText(`${protocol}//${hostname}${port === '' ? '' : `:${port}`}`, 120),
      host,
      port: Number(port === '' ? (secure ? 443 : 80) : port),
      secure,
      ...(user === ':' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
    },
  };
}

/** NO_PROXY: names with everything below them, with or without a dot in front, a port, or `*` for everything. */
function isExempt({ hostname, port }: URL, environment: Environment): boolean {
  const list = environment.no_proxy?.trim() || environment.NO_PROXY?.trim() || '';
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const text = entry.replace(/^\*?\./, '').toLowerCase();
    // An IPv6 address without brackets has colons of its own.
    const [, name = text, only] = /^(\[.+\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
    const bare = name.replace(/^\[|\]$/g, '');
    if (bare === '' || (only !== undefined && only !== (port === '' ? '443' : port))) return false;
    return host === bare || host.endsWith(`.${bare}`);
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
