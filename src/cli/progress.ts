/** A login's events as a person reads them, or as JSON lines. It decides words, not streams. */

import type { Surroundings } from '../surroundings.ts';
import { duration } from '../words/deadline.ts';
import type { LoginEvent } from '../words/events.ts';
import type { Clock } from '../words/ports.ts';
import { foreignText } from '../words/redact.ts';
import { inTurn } from './in-turn.ts';
import { createInvitation } from './invitation.ts';
import type { Terminal } from './terminal.ts';

export interface Progress {
  onEvent(event: LoginEvent): void;
  /** Stops the line that counts down. Resolves once everything has been said. */
  end(): Promise<void>;
}

export interface ProgressOptions {
  clock: Clock;
  /** How long the person may take: what the line counts down from. */
  timeoutMs: number;
  verbose?: boolean | undefined;
  /** Whether the address that the browser ends at can be pasted here. */
  pastes?: boolean | undefined;
  /** Whether a code for another device is on its way; `none`: this provider has no such codes. */
  device?: boolean | 'none' | undefined;
  /** Draws the device page's address as a QR code. */
  qr?: boolean | undefined;
  /** Puts the address, or the code, on the clipboard. */
  copy?: ((text: string) => Promise<void>) | undefined;
  /** What opens the page. */
  browser?: string | undefined;
  /** Where the person sits. @param port of the callback */
  surroundings?: ((port: number | undefined) => Promise<Surroundings>) | undefined;
}

export function showProgress(terminal: Terminal, options: ProgressOptions): Progress {
  const { clock, timeoutMs, verbose = false, pastes = false, browser = 'your browser' } = options;
  if (terminal.json) return { onEvent: terminal.line, end: async () => undefined };
  const { bold, dim, green, yellow } = terminal.colors;
  const done = green('✔');
  let port: number | undefined;
  let until = clock.now() + timeoutMs;
  let ticking: NodeJS.Timeout | undefined;
  let isStoring = false;
  /** Another process's sign-in, whose events these are: nothing can be pasted here then. */
  let isFollowing = false;

  const invitation = createInvitation(terminal, {
    browser,
    device: options.device ?? false,
    qr: options.qr,
    copy: options.copy,
    pastes: () => pastes && !isFollowing,
    surroundings: () => options.surroundings?.(port),
  });

  const countDown = () => {
    const left = Math.max(0, Math.ceil((until - clock.now()) / 1000));
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`;
    terminal.status(
      pastes && !isFollowing
        ? `  Waiting: ${time}. Stuck? Paste the last address, Enter. Ctrl-C ends it.`
        : `  Waiting for you to sign in: ${time}. Ctrl-C ends it.`,
    );
  };
  const startCounting = () => {
    if (!terminal.live)
      terminal.say(`Waiting for you to sign in (${duration(timeoutMs)} at most; Ctrl-C ends it).`);
    else {
      countDown();
      ticking = setInterval(countDown, 1000).unref();
    }
  };
  const stopCounting = () => {
    clearInterval(ticking);
    ticking = undefined;
    terminal.status('');
  };

  const { take, done: allSaid } = inTurn(say);
  return {
    onEvent: take,
    async end() {
      await allSaid();
      stopCounting();
    },
  };

  /** A promise where it is not said yet. */
  function say(told: LoginEvent): Promise<void> | undefined {
    // The one text that must stay as it is.
    const event = told.type === 'authorization_url' ? told : plain(told);
    switch (event.type) {
      case 'listening':
        port = event.addresses[0]?.port;
        if (event.addresses.length === 0)
          terminal.say(
            yellow(
              `Note: ${event.note ?? ''} The sign-in cannot come back here by itself. Whatever page the browser ends at, perhaps another program's: paste its address here, then Enter (it is not shown).`,
            ),
          );
        else if (event.note) terminal.say(yellow(`Note: ${event.note}. Listening on ${event.redirectUri}.`));
        else if (verbose)
          terminal.say(
            dim(
              `Listening: ${event.addresses.map(({ address, port }) => `${address} port ${port}`).join(', ')}`,
            ),
          );
        break;
      case 'authorization_url':
        invitation.page(event);
        startCounting();
        break;
      case 'network':
        // The error that follows a final one says the same.
        if (!event.ok && !event.final) terminal.say(yellow(`Note: ${event.summary} ${event.hint}`));
        else if (event.ok && verbose && event.via) terminal.say(dim(`Through the proxy ${event.via}.`));
        break;
      case 'browser':
        return invitation.browser(event);
      case 'device_code':
        void invitation.deviceCode(event).then(() => ticking && countDown());
        break;
      case 'waiting':
        if (event.following !== undefined) sayFollowing(event.following);
        // Before that it is a stray request, which is no concern of the person's.
        else if ((verbose || isStoring) && event.reason) terminal.say(dim(`Still waiting: ${event.reason}.`));
        break;
      case 'exchanged':
        stopCounting();
        isStoring = true;
        if (verbose) terminal.say(dim(`The code was exchanged; scope: ${event.scope}.`));
        break;
      case 'committed':
        if (event.agent === undefined) {
          terminal.say(`${done} Stored ${bold(event.profileId)} in ${event.store}`);
          terminal.say(`  order     ${event.order.join(', ')}`);
          terminal.say(`  lastGood  ${event.lastGood}`);
        } else terminal.say(`${done} The agent ${bold(event.agent)} follows: ${event.order.join(', ')}`);
        for (const id of event.retired ?? [])
          terminal.say(`  replaced  ${id} (the same account, stored before)`);
        break;
      case 'gateway':
        if (event.state === 'reloaded') terminal.say(`${done} The running gateway has read it`);
        break;
      case 'result':
        stopCounting();
        sayResult(event);
        break;
      case 'error':
        stopCounting();
        terminal.fail({ ...event, summary: event.message }, {});
        break;
    }
    return undefined;
  }

  function sayFollowing(pid: number | null): void {
    stopCounting();
    isFollowing = pid !== null;
    isStoring = false;
    until = clock.now() + timeoutMs;
    terminal.say(
      pid === null
        ? 'The other sign-in ended without an answer: it goes on here.'
        : `A sign-in is already waiting in another terminal (pid ${pid}): following that one. Use --alone to start another.`,
    );
  }

  function sayResult(event: Extract<LoginEvent, { type: 'result' }>): void {
    const who = [event.email ?? event.accountId, event.plan === undefined ? undefined : `${event.plan} plan`]
      .filter(Boolean)
      .join(', ');
    terminal.say(
      `${done} Signed in as ${bold(who)}; the access token is good until ${new Date(event.expires).toISOString()}`,
    );
    if (event.routable)
      terminal.say(`${done} ${bold('Routable')}: this profile is the one that will be used.`);
    else terminal.say(`${yellow('!')} Stored, but ${bold('not routable')}: ${event.reason}.`);
    if (event.hint) terminal.say(`  ${event.hint}`);
    for (const { agent, routable, reason, hint } of event.agents ?? []) {
      if (!routable)
        terminal.say(`${yellow('!')} The agent ${bold(agent)} does not use it: ${reason}. ${hint}`);
    }
  }
}

/** The same with every text on one line: ids and addresses come from a store and a server, and could draw lines of ours. */
function plain<T>(told: T): T {
  if (typeof told === 'string') return foreignText(told, LONGEST_TEXT) as T;
  if (Array.isArray(told)) return told.map(plain) as T;
  if (typeof told !== 'object' || told === null) return told;
  return Object.fromEntries(Object.entries(told).map(([name, value]) => [name, plain(value)])) as T;
}

/** Longer than any sentence of ours. */
const LONGEST_TEXT = 2_000;
