import { chmodSync, chownSync, mkdirSync, readdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { openMeetingDirectory } from '../../../src/rendezvous/meeting-directory.ts';
import { meetingPlace } from '../../support/meeting.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe.skipIf(process.platform === 'win32')('the directory in which logins of one person meet', () => {
  test('is made in the runtime directory, for its owner alone', () => {
    const place = meetingPlace();
    const path = join(place.runtimeDirectory, 'codex-login');
    expect(openMeetingDirectory(place)).toEqual({ path });
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(openMeetingDirectory(place)).toEqual({ path });
  });

  test.each([
    ['there is none', () => undefined],
    ['it is no absolute path', () => 'run'],
    ['it is not there', () => '/nowhere/at/all'],
    [
      'others may write it',
      () => {
        const path = temporaryDirectory();
        chmodSync(path, 0o777);
        return path;
      },
    ],
  ])('is in the temporary directory, with the number of its owner, where %s', (_, runtimeDirectory) => {
    const place = { ...meetingPlace(), runtimeDirectory: runtimeDirectory() };
    const path = join(place.temporaryDirectory, `codex-login-${place.uid}`);
    expect(openMeetingDirectory(place)).toEqual({ path });
  });

  test('may be in a temporary directory that all may write, as long as nobody may rename what is another’s', () => {
    const place = { ...meetingPlace(), runtimeDirectory: undefined };
    chmodSync(place.temporaryDirectory, 0o1777);
    expect(openMeetingDirectory(place)).toHaveProperty('path');
    chmodSync(place.temporaryDirectory, 0o777);
    expect(openMeetingDirectory(place)).toEqual({
      missing: `others may rename what is in ${place.temporaryDirectory}`,
    });
  });

  test.each<[string, (path: string) => void]>([
    ['others may look into it', (path) => mkdirSync(path, { mode: 0o755 })],
    ['it is a link', (path) => symlinkSync(realpathSync(temporaryDirectory()), path)],
  ])('is none where %s', (_, make) => {
    const place = meetingPlace();
    const path = join(place.runtimeDirectory, 'codex-login');
    make(path);
    expect(openMeetingDirectory(place)).toEqual({ missing: `${path} is not a directory of yours alone` });
  });

  test('is none where it is somebody else’s, or in somebody else’s hands', ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can give a directory to somebody else');
    const place = meetingPlace();
    const path = join(place.runtimeDirectory, 'codex-login');
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, 4711, 4711);
    expect(openMeetingDirectory(place)).toEqual({ missing: `${path} is not a directory of yours alone` });
    chownSync(place.runtimeDirectory, 4711, 4711);
    expect(openMeetingDirectory(place)).toEqual({
      missing: `others may rename what is in ${place.runtimeDirectory}`,
    });
  });

  test('is none where people have no numbers', () => {
    const place = { ...meetingPlace(), uid: undefined };
    expect(openMeetingDirectory(place)).toEqual({
      missing: 'this system has no socket that only you can reach',
    });
    expect(readdirSync(place.runtimeDirectory)).toEqual([]);
  });
});
