import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import {
  openWorkshop,
  removeAbandoned,
  removeSocket,
  socketsAt,
  type Workshop,
} from '../../../src/rendezvous/claim.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** A file stands for the socket: what is under test knows names only. */
function ready(directory: string, name = 'target'): Workshop {
  const workshop = openWorkshop(directory, name);
  writeFileSync(workshop.socket, '');
  return workshop;
}

describe('the first place', () => {
  test('goes to one of two, and what it leaves behind is nothing', () => {
    const directory = temporaryDirectory();
    const [one, two] = [ready(directory), ready(directory)];
    expect([one.publish(), two.publish()]).toEqual([true, false]);
    two.remove();
    expect(socketsAt(directory, 'target')).toHaveLength(1);
    one.remove();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('of a dead process is taken over by one, and whoever looked at the dead one removes no living one', () => {
    const directory = temporaryDirectory();
    ready(directory).publish();
    const [dead = ''] = socketsAt(directory, 'target');
    // Two have seen the dead one. The first of them acts; the second wakes up after that.
    const [quick, slow] = [ready(directory), ready(directory)];
    removeSocket(join(directory, 'target'), dead);
    expect(quick.publish()).toBe(true);
    removeSocket(join(directory, 'target'), dead);
    expect(slow.publish()).toBe(false);
    expect(socketsAt(directory, 'target')).toHaveLength(1);
  });

  test('that was given up is not taken from its next owner', () => {
    const directory = temporaryDirectory();
    const one = ready(directory);
    one.publish();
    one.remove();
    const two = ready(directory);
    expect(two.publish()).toBe(true);
    one.remove();
    expect(socketsAt(directory, 'target')).toHaveLength(1);
  });

  test('of another target is another place', () => {
    const directory = temporaryDirectory();
    expect([ready(directory, 'one').publish(), ready(directory, 'two').publish()]).toEqual([true, true]);
  });

  test('is not cluttered for ever by processes that were killed on their way to it', () => {
    const directory = temporaryDirectory();
    const now = Date.parse('2026-11-24T12:00:00Z');
    ready(directory);
    ready(directory);
    mkdirSync(join(directory, 'target'));
    const [old = '', young = ''] = readdirSync(directory).filter((name) => name.startsWith('~'));
    utimesSync(join(directory, old), now / 1000 - 61, now / 1000 - 61);
    utimesSync(join(directory, young), now / 1000 - 59, now / 1000 - 59);
    removeAbandoned(directory, now);
    expect(readdirSync(directory).sort()).toEqual(['target', young]);
  });
});
