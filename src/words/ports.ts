/**
 * What the rooms need from the world, as types: passed in, so that a test can pass in its own.
 * The production implementations are in `system.ts`.
 */

/** Milliseconds since the Unix epoch. */
export type EpochMs = number;

/** The time, and waiting. Tests pass one that stands still until it is moved. */
export interface Clock {
  now(): EpochMs;
  /** Resolves after `durationMs` (Infinity: never); rejects with `signal.reason` when aborted first. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Milliseconds since some moment, which nobody can set back or forth. Missing: `now` has to do. */
  monotonic?(): number;
}

/** A limit on waiting: `signal` aborts when `ms` are over. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly ms: number;
}

/** Whether a browser could be started. `reason` says in a few words why not. */
export type OpenUrlOutcome = { opened: true } | { opened: false; reason: string };

/**
 * Asks the person's system to open a URL. Never rejects: that no browser opened is an outcome, not an error.
 * Resolves within two seconds.
 */
export type OpenUrl = (url: string, signal?: AbortSignal) => Promise<OpenUrlOutcome>;

/** Where a person can paste what the browser's callback could not deliver. Nothing that comes through it is echoed or kept. */
export interface PasteInput {
  /** The next thing that was pasted, on one line; undefined: nothing can come any more. Rejects with `signal.reason`. */
  next(signal: AbortSignal): Promise<string | undefined>;
  /** Tells that the last thing could not be used, in a sentence. The wait goes on. */
  refuse(sentence: string): void;
  /** Asks a yes-or-no question; anything but a clear yes is no. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
}

/** How a request is sent: the `fetch` of the platform, or one that keeps its contract. */
export type Fetch = typeof globalThis.fetch;

/** `length` bytes from a cryptographically secure source. */
export type RandomBytes = (length: number) => Uint8Array;

/** Environment variables, as `process.env` gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What can be learned of the machine at once and without starting a program. Nothing of it rejects or throws. */
export interface Probe {
  /** The first 64 KiB of a small file; undefined where there is none that can be read. */
  readText(path: string): string | undefined;
  exists(path: string): boolean;
  /** Whether somebody can type here (stdin), and see what is said (stderr). */
  readonly terminal: { readonly input: boolean; readonly output: boolean };
}

/**
 * Starts a program without a shell, writes `input` to its stdin, and waits for its end: two seconds at most. Its output is ignored.
 * Resolves to whether it ended well; never rejects.
 */
export type Pipe = (program: string, args: readonly string[], input: string) => Promise<boolean>;
