/**
 * One pending login as the callback sees it: the first right response settles it, copies of that one share its answer,
 * everything else is turned away and changes nothing. It knows neither HTTP nor OAuth.
 */

/** What a query means, as the story's own parser says. */
export type Reading<Value> =
  | { readonly kind: 'stray'; readonly reason: string }
  | { readonly kind: 'settles'; readonly value: Value };

export type Offer<Answer> =
  | { readonly kind: 'turned-away'; readonly reason: string }
  /** The answer for the browser, known once the login has ended. */
  | { readonly kind: 'held'; readonly answer: Promise<Answer> };

export interface Receiver<Value, Answer> {
  /** A callback's query arrives (GET only, hygiene already checked). */
  offer(query: string): Offer<Answer>;
  /** The first right response. Never rejects. */
  readonly settled: Promise<Value>;
  /** Ends the wait of every held browser; later copies get the same answer at once. */
  conclude(answer: Answer): void;
}

/** Copies of the right response that are held at once; a browser whose connection dropped sends one, a flood sends many. */
const MOST_HELD = 16;

/**
 * @param read parses a query; called until one settles
 * @param onTurnedAway hears why a request changed nothing; never what was in it
 */
export function createReceiver<Value, Answer>(
  read: (query: URLSearchParams) => Reading<Value>,
  onTurnedAway: (reason: string) => void,
): Receiver<Value, Answer> {
  const settled = deferred<Value>();
  const answer = deferred<Answer>();
  let settledBy: string | undefined;
  let held = 0;
  let concluded = false;

  const turnedAway = (reason: string): Offer<Answer> => {
    onTurnedAway(reason);
    return { kind: 'turned-away', reason };
  };
  const hold = (): Offer<Answer> => {
    held += 1;
    return { kind: 'held', answer: answer.promise };
  };

  return {
    offer(query) {
      if (settledBy !== undefined) {
        if (query !== settledBy) return turnedAway('already answered');
        return concluded || held < MOST_HELD ? hold() : turnedAway('too many copies');
      }
      const reading = read(new URLSearchParams(query));
      if (reading.kind === 'stray') return turnedAway(reading.reason);
      settledBy = query;
      settled.resolve(reading.value);
      return hold();
    },
    settled: settled.promise,
    conclude(value) {
      concluded = true;
      answer.resolve(value);
    },
  };
}

/** Promise.withResolvers, which Node 20 lacks. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
