/** One thing after the other: at once while nothing is to be waited for, else in the order in which it came. */

export interface InTurn<Thing> {
  take(thing: Thing): void;
  /** Resolves once nothing waits any more. */
  done(): Promise<void>;
}

/** @param handle a promise where it takes a while; it does not reject */
export function inTurn<Thing>(handle: (thing: Thing) => Promise<void> | undefined): InTurn<Thing> {
  let last: Promise<void> | undefined;
  return {
    take(thing) {
      const turn = (last === undefined ? handle(thing) : last.then(() => handle(thing)))?.finally(() => {
        if (last === turn) last = undefined;
      });
      last = turn ?? last;
    },
    async done() {
      await last;
    },
  };
}
