/** Root by way of sudo: whose terminal it is, which is not whose credential it will be. */

import type { Environment } from '../words/ports.ts';

/** Who called sudo to become root; undefined where nobody did. Text from outside. */
export function callerOfSudo({ SUDO_USER, USER }: Environment): string | undefined {
  return USER === 'root' && SUDO_USER && SUDO_USER !== 'root' ? SUDO_USER : undefined;
}
