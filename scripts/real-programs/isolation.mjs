// A network and a process table of one column's own (Linux namespaces): nothing can leave loopback, port 1455 is free whatever
// runs on this machine, and whatever a program leaves behind ends with the column.

import { spawnSync } from 'node:child_process';

const root = process.getuid?.() === 0;
const UNSHARE = [
  ...['unshare', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'],
  ...(root ? [] : ['--map-root-user']),
  ...['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'],
];

/** Words to put in front of a command; none where this machine does not allow it. */
export const isolation =
  spawnSync(UNSHARE[0], [...UNSHARE.slice(1), 'true'], { stdio: 'ignore' }).status === 0 ? UNSHARE : [];
