/**
 * The clients of one server: the one that is registered, or those that were registered in a sign-in. It knows them by their ids and
 * decides nothing about a request.
 */

import { randomBytes } from 'node:crypto';

import type { ServerProfile } from '../profiles.ts';

export interface Clients {
  /** Whether a client of this id may ask for a code; `new`: it asks for a client as well. */
  asks(clientId: string | undefined): 'known' | 'new' | false;
  /** Whether a client of this id has anything to exchange. */
  holds(clientId: string | undefined): boolean;
  /** Registers a new one. */
  issue(): string;
}

/** The profile's own client, or those that it registers on the way. */
export function createClients(
  clientId: string,
  { registration }: Pick<ServerProfile, 'registration'>,
): Clients {
  const issued = new Set<string>();
  const holds = (id = '') => (registration === undefined ? id === clientId : issued.has(id));
  return {
    asks(id) {
      if (registration !== undefined && id === clientId) return 'new';
      return holds(id) && 'known';
    },
    holds,
    issue() {
      const id = `${registration?.prefix ?? ''}${randomBytes(12).toString('base64url')}`;
      issued.add(id);
      return id;
    },
  };
}
