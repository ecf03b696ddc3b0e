// Limits and disks that are really full.

import { rmSync } from 'node:fs';

import { commitToFullDisk, commitWithinLimit, mountSmallDisk } from '../../test/support/limits.mjs';
import { dist, withDirectory } from './built.mjs';

export async function* realLimits(progress) {
  for (const blocks of [0, 1, 64]) {
    progress(`ulimit -f ${blocks}`);
    const flaws = await withDirectory((directory) => commitWithinLimit(dist, directory, blocks));
    yield row(
      `a 300 KB store under \`ulimit -f ${blocks}\``,
      'EFBIG told, old bytes, no leftover; without the limit it is stored',
      flaws,
    );
  }
  progress('a full disk');
  yield await withDirectory(async (directory) => {
    const mounted = mountSmallDisk(directory, 160);
    if ('missing' in mounted)
      return { what: 'a disk that is full', figure: `**skipped**: ${mounted.missing}` };
    try {
      const flaws = await commitToFullDisk(dist, mounted.disk, rmSync);
      return row(
        'a disk of 160 KB, filled to the last block',
        'ENOSPC told, old bytes, no leftover; with room it is stored',
        flaws,
      );
    } finally {
      mounted.unmount();
    }
  });
}

function row(what, figure, flaws) {
  return {
    what,
    figure: flaws.length === 0 ? figure : `${flaws.length} wrong`,
    holds: flaws.length === 0,
    flaws,
  };
}
