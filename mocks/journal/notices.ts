/** Promises of something that is still to come, kept by whoever tells it. It knows no journal and no clock. */

export interface Notices<Item> {
  /** The next item that matches. */
  next(matches: (item: Item) => boolean): Promise<Item>;
  /** Hands an item to everybody who waits for one like it. */
  tell(item: Item): void;
}

/** Nobody waits yet. */
export function createNotices<Item>(): Notices<Item> {
  let waiting: { matches: (item: Item) => boolean; resolve: (item: Item) => void }[] = [];
  return {
    next: (matches) => new Promise((resolve) => waiting.push({ matches, resolve })),
    tell(item) {
      const served = waiting.filter(({ matches }) => matches(item));
      waiting = waiting.filter((one) => !served.includes(one));
      for (const { resolve } of served) resolve(item);
    },
  };
}
