/** Why a port could not be had, and what to do about it, in sentences: each cause has its own. Pure. */

import type { PortAttempt } from '../words/errors.ts';
import { isSignIn } from './port-holder.ts';

/** One attempt as a part of a sentence, e.g. `port 1455 is held by nginx (pid 4711)`. */
export function sayAttempt(attempt: PortAttempt, platform: NodeJS.Platform): string {
  const { port, address, reason, holder } = attempt;
  const what = port === 0 ? 'any free port' : `port ${port}`;
  switch (reason) {
    case 'EADDRINUSE': {
      const where = address === '::1' ? `${what} is held on ::1` : `${what} is held`;
      if (holder === undefined) return `${where} by a program that the system does not name`;
      const meaning = isSignIn(holder.command) ? ': another sign-in is waiting there' : '';
      return `${where} by ${holder.command} (pid ${holder.pid})${meaning}`;
    }
    case 'EACCES':
      return platform === 'win32'
        ? `${what} is reserved by Windows for something else`
        : `${what} is for privileged programs only`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return `${what} could not be had because this host has no ${address}`;
    default:
      return `${what} could not be had (${reason})`;
  }
}

/** Every attempt failed: what happened, and the next step that fits the causes. */
export function sayNoPort(
  attempts: readonly PortAttempt[],
  platform: NodeJS.Platform,
): { summary: string; hint: string } {
  const tried = [...new Set(attempts.map((attempt) => sayAttempt(attempt, platform)))];
  const steps = [...new Set(attempts.map((attempt) => nextStep(attempt, platform)))];
  return {
    summary: `No port for the sign-in's callback could be had: ${tried.join('; ')}.`,
    hint: `${steps.join(' ')} Then run the command again.`,
  };
}

function nextStep({ port, reason, holder }: PortAttempt, platform: NodeJS.Platform): string {
  switch (reason) {
    case 'EADDRINUSE':
      if (holder === undefined)
        return 'Another sign-in may be waiting: end it, or see as an administrator what holds the port.';
      return isSignIn(holder.command)
        ? `Finish or end the other sign-in (pid ${holder.pid}).`
        : `End what holds the port, if it can be missed (pid ${holder.pid}).`;
    case 'EACCES':
      return platform === 'win32'
        ? 'See the reserved ranges with: netsh interface ipv4 show excludedportrange protocol=tcp. Restarting the service winnat as an administrator often frees them.'
        : `Choose a port from 1024 on instead of ${port}.`;
    default:
      return 'See what the system has against it.';
  }
}
