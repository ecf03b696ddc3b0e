/** What was done, as the fields of an event or of the last line: without the stores themselves. It decides nothing. */

import { aroundOf } from '../agents/around.ts';
import type { Synchronized } from '../synchronize.ts';
import type { SynchronizeResultLine } from '../words/events.ts';

type Fields = Omit<SynchronizeResultLine, 'v' | 'time' | 'type' | 'ok'>;

export function synchronizedEvent(done: Synchronized): Fields {
  const { profileId, from, store, generation, expires, changed, refreshed, order, lastGood } = done;
  const { routable, reason, agents, gateway } = done;
  const hint = done.hint ?? (gateway?.state === 'stale' ? gateway.hint : undefined);
  return {
    profileId,
    from,
    store,
    generation,
    ...(expires === undefined ? {} : { expires }),
    changed,
    refreshed,
    order,
    lastGood,
    routable,
    ...(reason === undefined ? {} : { reason }),
    ...(hint === undefined ? {} : { hint }),
    ...aroundOf(agents, gateway),
  };
}
