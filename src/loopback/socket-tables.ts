/**
 * What the system's own tables say of who listens where: `/proc/net/tcp`, `lsof`, `netstat`, `tasklist`, as texts.
 * Pure; how they are come by, `port-holder` decides.
 */

/** `127.0.0.1`, `::1` and what else a socket may be bound to that keeps others from it, as `/proc/net` writes them (little-endian). */
const KEPT_BY: Readonly<Record<string, readonly string[]>> = {
  '127.0.0.1': [
    '0100007F',
    '00000000',
    '0000000000000000FFFF00000100007F',
    '00000000000000000000000000000000',
  ],
  '::1': ['00000000000000000000000001000000', '00000000000000000000000000000000'],
};

/** The inodes of the sockets that keep others from this address and port, from `/proc/net/tcp` or `tcp6`. */
export function inodesIn(table: string, address: string, port: number): string[] {
  const keepers = KEPT_BY[address] ?? [];
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((line) => {
    const columns = line.trim().split(/\s+/);
    const [host = '', bound] = columns[1]?.split(':') ?? [];
    const inode = columns[9];
    // A connection that lingers after its end has no inode, and belongs to nobody.
    return bound === hexPort && keepers.includes(host) && inode !== undefined && inode !== '0' ? [inode] : [];
  });
}

/** From `lsof -nP -iTCP:<port> -sTCP:LISTEN -Fpcn`: one field a line, its kind as the first letter. */
export function holderInLsof(
  output: string,
  address: string,
  port: number,
): { pid: number; command: string } | undefined {
  let pid = 0;
  let command = '';
  for (const line of output.split(/\r?\n/)) {
    const value = line.slice(1);
    if (line.startsWith('p')) [pid, command] = [Number(value), ''];
    else if (line.startsWith('c')) command = value;
    else if (line.startsWith('n') && keeps(value, address, port) && isPid(pid)) return { pid, command };
  }
  return undefined;
}

/** The pid in `netstat -ano -p TCP` (or `TCPv6`). Its words are in the language of the system, its columns are not. */
export function pidInNetstat(output: string, address: string, port: number): number | undefined {
  for (const line of output.split(/\r?\n/)) {
    const columns = line.trim().split(/\s+/);
    const [kind, local = '', foreign = ''] = columns;
    const pid = Number(columns.at(-1));
    // Whatever listens has nobody at its other end.
    const listens = kind === 'TCP' && (foreign === '0.0.0.0:0' || foreign === '[::]:0');
    if (listens && keeps(local, address, port) && isPid(pid)) return pid;
  }
  return undefined;
}

/** The program's name in `tasklist /FI "PID eq <pid>" /FO CSV /NH`. */
export function commandInTasklist(output: string): string | undefined {
  return /^"([^"\r\n]+)","\d+",/m.exec(output)?.[1];
}

function keeps(local: string, address: string, port: number): boolean {
  const hosts = address === '::1' ? ['[::1]', '[::]', '*'] : [address, '0.0.0.0', '[::]', '*'];
  return hosts.some((host) => local === `${host}:${port}`);
}

function isPid(pid: number): boolean {
  return Number.isSafeInteger(pid) && pid > 0;
}
