// Disks that are really full, limits that are really reached: what a commit makes of them. Tests and `soak` share it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startCommitter } from './crash-trials.mjs';
import { flawsOf } from './store-flaws.mjs';
import { bytesOf, idOf, kept } from './store-scenarios.mjs';

/** A store of this many bytes, with what must be kept in it. */
export function writeLargeStore(directory, bytes) {
  const path = join(directory, 'auth-profiles.json');
  const filler = { type: 'token', provider: 'z', token: 'x'.repeat(bytes) };
  const content = { ...kept, profiles: { ...kept.profiles, 'z:filler': filler } };
  writeFileSync(path, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  return path;
}

/** A commit in a process that may write files of `blocks` blocks (`ulimit -f`); what of it must not be so. */
export async function commitWithinLimit(dist, directory, blocks) {
  const path = writeLargeStore(directory, 300_000);
  const old = bytesOf(path);
  const said = await startCommitter(dist, path, 'me', [], `ulimit -f ${blocks}`).ended;
  const flaws = [
    ...(said.code === 'ERR_STORE_IO' && /EFBIG/.test(said.message)
      ? []
      : [`it said ${JSON.stringify(said)}`]),
    ...(bytesOf(path).equals(old) ? [] : ['S-8 reported as failed, and changed']),
    ...flawsOf(path, { kept }).filter((flaw) => !flaw.startsWith('S-2')),
  ];
  const { acknowledged } = await startCommitter(dist, path, 'me').ended;
  return [
    ...flaws,
    ...(acknowledged ? flawsOf(path, { kept, acknowledged: [idOf('me')] }) : ['it does not recover']),
  ];
}

/** Mounts a small disk; undefined, with the reason, where that is not allowed. */
export function mountSmallDisk(directory, kilobytes) {
  const disk = join(directory, 'disk');
  mkdirSync(disk, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=700`, 'tmpfs', disk], {
      stdio: 'pipe',
    });
  } catch (error) {
    return { missing: `no disk can be mounted here: ${String(error.stderr ?? error.message).trim()}` };
  }
  return {
    disk,
    makeReadOnly: () => execFileSync('mount', ['-o', 'remount,ro', disk]),
    unmount: () => existsSync(disk) && execFileSync('umount', [disk]),
  };
}

/** Fills a disk to its last block, then commits; what must not be so. The store must be on it, and the filler goes afterwards. */
export async function commitToFullDisk(dist, disk, removeFiller) {
  const path = writeLargeStore(disk, 60_000);
  const filler = join(disk, 'filler');
  for (let size = 65_536; size >= 4096; size /= 2) {
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
    } catch {}
  }
  const old = bytesOf(path);
  const said = await startCommitter(dist, path, 'me').ended;
  const flaws = [
    ...(said.code === 'ERR_STORE_IO' && /ENOSPC/.test(said.message)
      ? []
      : [`it said ${JSON.stringify(said)}`]),
    ...(bytesOf(path).equals(old) ? [] : ['S-8 reported as failed, and changed']),
    ...readdirSync(disk).filter((name) => !['auth-profiles.json', 'filler'].includes(name)),
  ];
  removeFiller(filler);
  const { acknowledged } = await startCommitter(dist, path, 'me').ended;
  return [
    ...flaws,
    ...(acknowledged ? flawsOf(path, { kept, acknowledged: [idOf('me')] }) : ['it does not recover']),
  ];
}
