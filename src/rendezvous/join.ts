/**
 * Several logins of one person for one target, and which of them is the first: the others hear what it does instead of fighting
 * it for the port. It knows names and sockets; what following means for a login, the story decides.
 */

import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { Clock } from '../words/ports.ts';
import { openWorkshop, removeAbandoned, removeSocket, socketsAt, type Workshop } from './claim.ts';
import { type First, type Speaker, startSpeaker } from './first.ts';
import type { Follower } from './follower.ts';
import { codeOf, type MeetingPlace, openMeetingDirectory } from './meeting-directory.ts';

/** Nobody can be met here: the login goes its own way. */
export interface Alone {
  readonly role: 'alone';
  /** Why, as a part of a sentence. */
  readonly reason: string;
}

export interface RendezvousOptions {
  readonly place: MeetingPlace;
  /** What followers are told. */
  readonly pid: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** macOS holds 103 bytes of a socket's path, Linux 107. */
const LONGEST_PATH = 103;
/** Each loss is another's gain, so a few are enough; past this the login goes its own way. */
const MOST_ATTEMPTS = 40;
/** How long a first that is on its way out gets before it is asked again. */
const PASSING_MS = 25;

/**
 * Takes the first place for `target`, or finds who has it. Equal texts meet, others never do. Exactly one living process is first,
 * however many start at once; a dead one's place is taken over.
 * Rejects only with the signal's reason.
 */
export async function joinRendezvous(
  target: string,
  options: RendezvousOptions,
): Promise<First | Follower | Alone> {
  options.signal.throwIfAborted();
  try {
    const directory = openMeetingDirectory(options.place);
    if ('missing' in directory) return { role: 'alone', reason: directory.missing };
    const name = createHash('sha256').update(target).digest('hex').slice(0, 20);
    if (Buffer.byteLength(join(directory.path, name, '12345678')) > LONGEST_PATH)
      return { role: 'alone', reason: `${directory.path} is too long a path for a socket` };
    removeAbandoned(directory.path, options.clock.now());
    return await findPlace(directory.path, name, options);
  } catch (error) {
    options.signal.throwIfAborted();
    return { role: 'alone', reason: `no socket could be had (${codeOf(error)})` };
  }
}

async function findPlace(
  directory: string,
  name: string,
  { pid, clock, signal }: RendezvousOptions,
): Promise<First | Follower | Alone> {
  let own: { workshop: Workshop; speaker: Speaker } | undefined;
  let isFirst = false;
  try {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const [socket] = socketsAt(directory, name);
      if (socket === undefined) {
        own ??= await openOwn(directory, name, pid);
        isFirst = own.workshop.publish();
        if (isFirst) return own.speaker;
        continue;
      }
      const meeting = join(directory, name);
      // Mostly nobody is there, and the first address is to be printed soon.
      const { meetFirst } = await import('./follower.ts');
      const met = await meetFirst(join(meeting, socket), clock, signal);
      if (met.role === 'follower') return met;
      if (met.role === 'silent')
        return { role: 'alone', reason: 'another sign-in has the place and does not answer' };
      if (met.role === 'dead') removeSocket(meeting, socket);
      else await clock.sleep(PASSING_MS, signal);
    }
    return { role: 'alone', reason: 'too many sign-ins came and went' };
  } finally {
    if (!isFirst) own?.speaker.close();
  }
}

async function openOwn(directory: string, name: string, pid: number) {
  const workshop = openWorkshop(directory, name);
  try {
    return { workshop, speaker: await startSpeaker(workshop, pid) };
  } catch (error) {
    workshop.remove();
    throw error;
  }
}
