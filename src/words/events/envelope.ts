/** What every line of `--json` carries, whatever it tells. */

/** The version of the contract, and the time. */
export type Envelope = {
  v: 1;
  /** When it happened, ISO 8601. */
  time: string;
};

/** The same as a story makes it: the envelope (`v`, `time`) is added where it is emitted. */
export type WithoutEnvelope<Line extends Envelope> = Line extends Envelope
  ? Omit<Line, keyof Envelope>
  : never;

/** What the last line of a command that succeeded carries. */
export type ResultEnvelope = Envelope & {
  type: 'result';
  ok: true;
};
