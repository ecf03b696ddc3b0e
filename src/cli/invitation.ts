/**
 * What a person is told to do, and how the answer gets back here: the page, the browser that did not open, the code for another
 * device. It decides the words; which way is right, `surroundings` decides.
 */

import type { Surroundings } from '../surroundings.ts';
import type { LoginEvent } from '../words/events.ts';
import { NO_BREAK } from './layout.ts';
import type { Terminal } from './terminal.ts';

export interface Invitation {
  page(event: Extract<LoginEvent, { type: 'authorization_url' }>): void;
  /** A promise where the place has to be looked at first. */
  browser(event: Extract<LoginEvent, { type: 'browser' }>): Promise<void> | undefined;
  deviceCode(event: Extract<LoginEvent, { type: 'device_code' }>): Promise<void>;
}

export interface InvitationOptions {
  /** Whether the address that the browser ends at can be pasted here. */
  pastes(): boolean;
  /** Whether a code for another device is on its way; `none`: this provider has no such codes. */
  device: boolean | 'none';
  /** Also as a QR code. */
  qr?: boolean | undefined;
  /** What opens the page. */
  browser: string;
  /** Where the person sits, once the callback's port is known. */
  surroundings(): Promise<Surroundings> | undefined;
  /** Puts the shortest thing that leads to the sign-in on the clipboard; undefined where nobody asked for it. */
  copy?: ((text: string) => Promise<void>) | undefined;
}

export function createInvitation(terminal: Terminal, options: InvitationOptions): Invitation {
  const { bold, cyan, dim } = terminal.colors;
  let longUrl: string | undefined;

  const shown = (url: string) => `\n  ${cyan(terminal.link(url))}\n`;

  /** How to come back from another machine: by a forwarded port, by a paste, or not at all. */
  function sayHowFromElsewhere(place: Surroundings): void {
    for (const sentence of place.advice) terminal.say(sentence);
    if (place.forward !== undefined)
      // In one piece: a shell would run half of it.
      terminal.say(
        `\n  ${bold(place.forward.replaceAll(' ', NO_BREAK))}\n\nThen open the page above there.\n`,
      );
    if (longUrl !== undefined && options.pastes())
      terminal.say(
        `Or open this long address anywhere, paste here the one that it ends at (it is not shown), and press Enter:\n${shown(longUrl)}`,
      );
    else if (longUrl !== undefined)
      terminal.say(`The long address of the page, for another machine:\n${shown(longUrl)}`);
    if (options.device === false)
      terminal.say(dim('Or enter a code on any device instead: codex-login login --device'));
  }

  function sayNotOpened(place: Surroundings | undefined, reason: string): void {
    if (place !== undefined && place.callbackReachable !== 'yes') {
      terminal.say(`No browser was opened (${reason}).`);
      sayHowFromElsewhere(place);
      return;
    }
    terminal.say(`No browser was opened (${reason}): open the page above yourself, on this machine.`);
    if (longUrl !== undefined && options.pastes())
      terminal.say(
        `On another machine, use the long address, paste here the one that it ends at (it is not shown), and press Enter:\n${shown(longUrl)}`,
      );
  }

  return {
    page({ url, shortUrl }) {
      // Where a line can be rewritten a person watches: nobody has to copy 600 characters unless it cannot be helped.
      longUrl = terminal.live && shortUrl !== undefined ? url : undefined;
      const first = longUrl === undefined ? url : (shortUrl ?? url);
      if (options.device !== true) {
        terminal.say(`${bold('Sign in with this page:')}\n${shown(first)}`);
        options.copy?.(shortUrl ?? url);
      } else
        terminal.say(
          `${dim('A browser that reaches this machine can sign in with this page as well:')}\n${shown(first)}`,
        );
    },
    browser({ opened, reason = 'no reason was given' }) {
      if (opened) terminal.say(`It was opened in ${options.browser}.`);
      // Nobody expects one beside a code.
      if (opened || options.device === true) return undefined;
      const asked = options.surroundings();
      if (asked === undefined) sayNotOpened(undefined, reason);
      return asked?.then((place) => sayNotOpened(place, reason));
    },
    async deviceCode({ verificationUri, verificationUriComplete, userCode, expiresIn }) {
      const minutes = Math.max(1, Math.floor(expiresIn / 60));
      terminal.say(
        `${bold('On any device, open')} ${cyan(terminal.link(verificationUri))} ${bold('and enter this code:')}\n\n  ${bold(userCode)}\n`,
      );
      terminal.say(
        `It is good for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}. Enter it only because you started this yourself, never because somebody asks you to.`,
      );
      options.copy?.(userCode);
      if (!options.qr) return;
      const { createQrCode } = await import('./qr-code.ts');
      if (!terminal.draw(await createQrCode(verificationUriComplete ?? verificationUri)))
        terminal.say(dim('A QR code does not fit here.'));
    },
  };
}
