import { mkdirSync, readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { First } from '../../../src/rendezvous/first.ts';
import type { Follower } from '../../../src/rendezvous/follower.ts';
import { greeting } from '../../../src/rendezvous/messages.ts';
import type { LoginEvent } from '../../../src/words/events.ts';
import { createVirtualClock } from '../../support/clock.ts';
import { meet, meetingPlace, standAt, told } from '../../support/meeting.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

async function pair(place = meetingPlace()) {
  const first = (await meet(place)) as First;
  const follower = (await meet(place)) as Follower;
  expect([first.role, follower.role]).toEqual(['first', 'follower']);
  return { place, first, follower };
}
async function all(follower: Follower): Promise<LoginEvent[]> {
  const heard: LoginEvent[] = [];
  for await (const event of follower.events) heard.push(event);
  return heard;
}
/** Where the one first of this place can be reached. */
function doorOf(place: { runtimeDirectory: string }): string {
  const directory = join(place.runtimeDirectory, 'codex-login');
  const [name = ''] = readdirSync(directory).filter((name) => !name.startsWith('~'));
  return join(directory, name, readdirSync(join(directory, name))[0] ?? '');
}
/** The same, before there is anybody. */
async function emptyDoor(place: { runtimeDirectory: string }): Promise<string> {
  const first = (await meet(place as never)) as First;
  const door = join(doorOf(place), '..');
  first.close();
  return door;
}
function stranger(path: string): Socket {
  const socket = connect({ path });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

describe.skipIf(process.platform === 'win32')('two logins for one target', () => {
  test('one is first; the other knows whom it follows, and hears everything from the beginning', async () => {
    const place = meetingPlace();
    const first = (await meet(place, { pid: 4711 })) as First;
    first.tell(told('listening'));
    first.tell(told('waiting', { reason: 'a stray' }));
    const follower = (await meet(place)) as Follower;
    expect(follower.first).toEqual({ pid: 4711 });
    first.tell(told('browser'));
    first.tell(told('result'));
    first.close();
    expect((await all(follower)).map(({ type }) => type)).toEqual(['listening', 'browser', 'result']);
  });

  test('a login for another target goes its own way', async () => {
    const place = meetingPlace();
    expect((await meet(place, { target: 'one' })).role).toBe('first');
    expect((await meet(place, { target: 'two' })).role).toBe('first');
  });

  test('of twenty that start at once one is first, and when it has gone one of the rest', async () => {
    const place = meetingPlace();
    let joined = await Promise.all(Array.from({ length: 20 }, () => meet(place)));
    for (let count = 20; count > 17; count -= 1) {
      const firsts = joined.filter(({ role }) => role === 'first') as First[];
      const followers = joined.filter(({ role }) => role === 'follower') as Follower[];
      expect([firsts.length, followers.length]).toEqual([1, count - 1]);
      expect(readdirSync(join(place.runtimeDirectory, 'codex-login'))).toHaveLength(1);
      firsts[0]?.close();
      joined = await Promise.all(followers.map((follower) => all(follower).then(() => meet(place))));
    }
  });

  test('leave nothing behind', async () => {
    const { place, first, follower } = await pair();
    first.close();
    await all(follower);
    expect(readdirSync(join(place.runtimeDirectory, 'codex-login'))).toEqual([]);
  });

  test('whoever comes after the end hears nothing of it, and may be first once the other has gone', async () => {
    const { place, first } = await pair();
    first.tell(told('listening'));
    first.tell(told('error'));
    const late = (await meet(place)) as Follower;
    first.close();
    expect(await all(late)).toEqual([]);
    expect((await meet(place)).role).toBe('first');
  });

  test('the place of a dead process is taken over', async () => {
    const place = meetingPlace();
    const door = await emptyDoor(place);
    const { die } = await standAt(door, 'deadbeef', () => undefined);
    await die();
    expect((await meet(place)).role).toBe('first');
    expect(readdirSync(door)).not.toContain('deadbeef');
  });

  test('a first that was stopped, and says nothing, is not waited for: the login goes its own way', async () => {
    const place = meetingPlace();
    await standAt(await emptyDoor(place), 'deadbeef', () => undefined);
    const clock = createVirtualClock(Date.now());
    const joining = meet(place, { clock });
    await clock.sleepers(1);
    await clock.advance(5_000);
    expect(await joining).toEqual({ role: 'alone', reason: expect.stringContaining('does not answer') });
  });

  test('a first whose greeting is there is followed, however late this process comes to read it', async () => {
    const place = meetingPlace();
    let greet: () => void = () => undefined;
    await standAt(await emptyDoor(place), 'deadbeef', (socket) => {
      greet = () => socket.write(greeting(4711));
    });
    const clock = createVirtualClock(Date.now());
    const joining = meet(place, { clock });
    await clock.sleepers(1);
    greet();
    await clock.advance(5_000);
    expect(await joining).toMatchObject({ role: 'follower', first: { pid: 4711 } });
  });

  test('an interruption ends the joining and the following', async () => {
    const place = meetingPlace();
    await standAt(await emptyDoor(place), 'deadbeef', () => undefined);
    const interruption = new AbortController();
    const joining = meet(place, { signal: interruption.signal });
    joining.catch(() => undefined);
    setImmediate(() => interruption.abort(new Error('Ctrl-C')));
    await expect(joining).rejects.toThrow('Ctrl-C');
    const here = meetingPlace();
    await meet(here);
    const later = new AbortController();
    const follower = (await meet(here, { signal: later.signal })) as Follower;
    later.abort();
    expect(await all(follower)).toEqual([]);
  });

  test('go their own ways where no socket can be had, and know why', async () => {
    const place = meetingPlace();
    expect(await meet({ ...place, uid: undefined })).toMatchObject({ role: 'alone' });
    const deep = join(temporaryDirectory(), 'a'.repeat(90));
    mkdirSync(deep, { mode: 0o700 });
    expect(await meet({ ...place, runtimeDirectory: deep })).toMatchObject({
      role: 'alone',
      reason: expect.stringContaining('too long'),
    });
  });
});

describe.skipIf(process.platform === 'win32')('a stranger at the socket', () => {
  test('who talks is shown the door, and the first and its followers go on', async () => {
    const { place, first, follower } = await pair();
    const talker = stranger(doorOf(place));
    talker.write(`${JSON.stringify(told('error'))}\n${JSON.stringify(told('result'))}\n`);
    await closed(talker.resume());
    first.tell(told('browser'));
    first.close();
    expect((await all(follower)).map(({ type }) => type)).toEqual(['browser']);
  });

  test('who comes a thousandfold takes no more than the places that there are, and delays nothing', async () => {
    const place = meetingPlace();
    const first = (await meet(place)) as First;
    const crowd = Array.from({ length: 300 }, () => stranger(doorOf(place)).resume());
    let gone = 0;
    for (const socket of crowd) socket.once('close', () => (gone += 1));
    await Promise.all(crowd.slice(64).map(closed));
    expect(gone).toBe(300 - 64);
    const started = performance.now();
    first.tell(told('result'));
    first.close();
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('who does not read is dropped when too much is waiting for it, and the first goes on', async () => {
    const { place, first, follower } = await pair();
    const lazy = stranger(doorOf(place));
    await new Promise<void>((resolve) => lazy.once('connect', () => resolve()));
    const heard = follower.events[Symbol.asyncIterator]();
    const reason = 'x'.repeat(30_000);
    for (let count = 0; count < 40; count += 1) {
      first.tell(told('waiting', { reason }));
      await heard.next();
    }
    // A socket that was dropped has no more than its buffers held.
    lazy.resume();
    let got = 0;
    lazy.on('data', (chunk) => (got += chunk.length));
    await closed(lazy);
    expect(got).toBeLessThan(40 * reason.length);
    first.close();
    expect((await heard.next()).done).toBe(true);
  });

  test('who stands in the first’s place and says what is no greeting, or never ends a line, is not followed', async () => {
    for (const words of [
      '{"v":1,"pid":"rm -rf"}\n',
      '{"v":2,"pid":1}\n',
      'GET / HTTP/1.1\n',
      'x'.repeat(70_000),
    ]) {
      const place = meetingPlace();
      await standAt(await emptyDoor(place), 'deadbeef', (socket) => socket.write(words));
      // The waits between the attempts are left out, and the one for the greeting does not end.
      const clock = {
        now: () => Date.now(),
        sleep: (ms: number) => new Promise<void>((resolve) => ms < 1_000 && setImmediate(resolve)),
      };
      expect(await meet(place, { clock })).toMatchObject({ role: 'alone' });
    }
  });

  test('whose events are none is not heard', async () => {
    const place = meetingPlace();
    await standAt(await emptyDoor(place), 'deadbeef', (socket) =>
      socket.end(`{"v":1,"pid":7}\nnonsense\n{"type":"result"}\n${JSON.stringify(told('browser'))}\n`),
    );
    expect((await all((await meet(place)) as Follower)).map(({ type }) => type)).toEqual(['browser']);
  });
});
