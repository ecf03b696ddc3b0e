/**
 * Stand-ins for the browser: one that walks from the authorization URL to the last page, with opinions on
 * that page, and one that must never be opened. They decide nothing about a login, and have no cookies.
 */

import type { FrontDoor } from '../tls/tunnel.ts';
import { type Navigation, navigate, type VisitedPage } from './navigation.ts';

/** As a program's own `openUrl`: whether a browser was started, not what came of it. */
export type OpenUrl = (
  url: string,
  signal?: AbortSignal,
) => Promise<{ opened: true } | { opened: false; reason: string }>;

/** How the stand-in browser walks. */
export interface UserAgentOptions {
  /** How many redirects are followed before the walk is taken for a loop; 10 by default. */
  follow?: number;
  /**
   * Sends the callback twice at the same time, as a browser does that lost the answer. The first one's page
   * counts.
   */
  deliverTwice?: boolean;
  /** Goes through this TLS front to the names that it stands in for. */
  front?: FrontDoor;
}

/** A stand-in for the person's browser: it follows redirects, and fails where a person would see something wrong. */
export interface UserAgent {
  /**
   * Answers at once and walks in the background; the walk goes on when `signal` aborts, as a browser would.
   */
  readonly openUrl: OpenUrl;
  /**
   * The page that the first walk ends on; rejects where that is an error page, a redirect loop, an address
   * that is not on this machine, or no answer at all. Never an unhandled rejection.
   */
  readonly settled: Promise<VisitedPage>;
  /** The last answer of any walk, redirects included. */
  lastPage(): VisitedPage | undefined;
  /** Every URL that was asked for, with whatever secrets are in it. */
  readonly visited: readonly string[];
}

/** A browser that does as it is told. */
export function createUserAgent({
  follow = 10,
  deliverTwice = false,
  front,
}: UserAgentOptions = {}): UserAgent {
  const visited: string[] = [];
  let last: VisitedPage | undefined;
  let settle: (walk: Promise<VisitedPage>) => void = () => undefined;
  const settled = new Promise<VisitedPage>((resolve) => {
    settle = resolve;
  });
  settled.catch(() => undefined);

  function send(url: string): Promise<Navigation> {
    visited.push(url);
    return navigate(url, visited.length === 1, front);
  }

  async function visit(url: string): Promise<Navigation> {
    const first = send(url);
    const second = deliverTwice && isCallback(url) ? send(url).catch(() => undefined) : undefined;
    const answer = await first;
    last = answer.page;
    await second;
    return answer;
  }

  async function walk(start: string): Promise<VisitedPage> {
    let url = start;
    for (let redirects = 0; redirects <= follow; redirects += 1) {
      const { page, location } = await visit(url);
      if (location !== undefined) {
        url = new URL(location, url).href;
        continue;
      }
      if (page.status < 400) return page;
      throw new Error(`The walk ended on a page with status ${page.status}.`);
    }
    throw new Error(`The walk was redirected more than ${follow} times.`);
  }

  return {
    async openUrl(url, signal) {
      if (signal?.aborted) return { opened: false, reason: 'aborted' };
      const walking = walk(url);
      walking.catch(() => undefined);
      settle(walking);
      return { opened: true };
    },
    settled,
    lastPage: () => last,
    visited,
  };
}

/**
 * A browser that must stay closed: `openUrl` rejects, and `opened` lists the URLs it was asked for, so that
 * a test notices even where the rejection is swallowed.
 */
export function forbiddenUserAgent(): { readonly openUrl: OpenUrl; readonly opened: readonly string[] } {
  const opened: string[] = [];
  return {
    opened,
    async openUrl(url) {
      opened.push(url);
      throw new Error('A browser was opened where none may be.');
    },
  };
}

/** An authorization response: the one kind of address that is worth sending twice. */
function isCallback(url: string): boolean {
  const { searchParams } = new URL(url);
  return searchParams.has('code') || searchParams.has('error');
}
