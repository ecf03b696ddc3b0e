/** An SSH session, and the line that brings the callback through it. Pure; what the environment says is text from outside. */

import type { Finding, Signs } from '../surroundings.ts';

export function findSsh(signs: Signs): Finding | undefined {
  const { SSH_CONNECTION, SSH_CLIENT, SSH_TTY } = signs.environment;
  if (!SSH_CONNECTION && !SSH_CLIENT && !SSH_TTY) return undefined;
  return {
    kind: 'ssh',
    reason: 'this is an SSH session',
    window: false,
    callbackReachable: 'with-forwarding',
    forward: forwardLine(signs, SSH_CONNECTION),
    advice: [
      'Forward the port from the machine where your browser is; use the name by which you reach this one where it differs.',
    ],
  };
}

/**
 * `ssh -L 1455:localhost:1455 user@host`, with `-p` where the server's port is not 22. What cannot be known, or is not of a strict
 * pattern, is a word in angle brackets. An IPv6 address stands bare: OpenSSH takes no brackets before an `@host` without a scheme.
 *
 * @param connection `SSH_CONNECTION`: the client's address and port, then the server's (ssh(1), ENVIRONMENT)
 */
export function forwardLine({ environment, port }: Signs, connection: string | undefined): string {
  const [, , address = '', at = ''] = (connection ?? '').split(' ');
  const { SUDO_USER, USER, LOGNAME } = environment;
  const name = SUDO_USER || USER || LOGNAME || '';
  const user = /^[a-z_][\w.-]{0,31}$/i.test(name) ? name : '<user>';
  const door = /^[1-9]\d{0,4}$/.test(at) && at !== '22' ? `-p ${at} ` : '';
  return `ssh ${door}-L ${port}:localhost:${port} ${user}@${hostOf(address)}`;
}

/** An address by which another machine could reach this one: not loopback (a tunnel's end), not link-local. */
function hostOf(address: string): string {
  const mapped = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const far = ADDRESS.test(mapped) && !/^(?:127\.|0\.|::1?$|fe80:)/i.test(mapped);
  return far ? mapped : '<this-host>';
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[^:]*:)[\da-f:]{2,39})$/i;
