/**
 * The terminal: answers on stdout, progress and errors on stderr, JSON lines on stdout when asked for.
 * It decides where text goes and how an error reads; `progress` decides what a login's events say.
 */

import { systemClock, systemEnvironment } from '../system.ts';
import type { LoginError } from '../words/errors.ts';
import { redact } from '../words/redact.ts';
import { type Colors, createColors } from './colors.ts';
import { isInForeground } from './echo.ts';
import { HYPERLINK, hyperlink, knowsHyperlinks } from './hyperlink.ts';
import { wrapIndented } from './layout.ts';
import { processOutput, streamOutput } from './output.ts';
import { drawQrCode, type QrCode, qrStyleFor } from './qr-code.ts';

export interface Terminal {
  readonly colors: Colors;
  /** Whether output is JSON lines. */
  readonly json: boolean;
  /** Whether a person watches stderr, and a line may be rewritten. */
  readonly live: boolean;
  /** Whether a person reads stderr, on whatever terminal. */
  readonly person: boolean;
  /** How many columns a long answer may take: those of stdout, 100 at most; in a pipe as many as it needs. */
  readonly width: number;
  /** What was asked for: a line, or several, on stdout. */
  answer(text: string): void;
  /** The text (by default the URL) as a link for `say`, where the terminal on stderr knows links; else the text alone. */
  link(url: string, text?: string): string;
  /** Draws a QR code on stderr; false where it could not be scanned: no terminal, or one that is too narrow. */
  draw(code: QrCode): boolean;
  /** Asks the terminal on stderr to put a text on the person's clipboard (OSC 52); false where there is none to ask. */
  offerToClipboard(text: string): boolean;
  /** One JSON object as a line on stdout. */
  line(object: { type: string; [field: string]: unknown }): void;
  /** Progress for a person, on stderr; nothing with `--json`. */
  say(text: string): void;
  /** Replaces the line that lives; an empty text removes it. Nothing where no person watches. */
  status(text: string): void;
  /** Whether the terminal marks what is pasted (xterm control sequences, mode 2004); nothing where no line may be rewritten. */
  bracketedPaste(on: boolean): void;
  /** An error, once: as its last JSON line, or as what happened and what to do. With `verbose` also where it was made. */
  fail(
    error: Pick<LoginError, 'summary' | 'hint' | 'exitCode'> & { code: string },
    details: { verbose?: Error | undefined },
  ): void;
  close(): void;
}

/** @param onBroken hears that nobody reads stdout any more, or that it cannot be written: the system's word for it */
export function openTerminal(options: {
  json: boolean;
  color: boolean;
  onBroken?: (code: string) => void;
  /** Where it writes. Default: the process's own. */
  streams?: Pick<NodeJS.Process, 'stdout' | 'stderr'>;
  /** Whether the terminal is this process's at this moment. Default: what the system says. */
  inForeground?: () => boolean;
}): Terminal {
  const broken = (code: string) => options.onBroken?.(code);
  const ignored = () => undefined;
  const { streams } = options;
  const stdout = streams ? streamOutput(streams.stdout, broken) : processOutput('stdout', broken);
  const stderr = streams ? streamOutput(streams.stderr, ignored) : processOutput('stderr', ignored);
  const { inForeground = isInForeground } = options;
  const { NO_COLOR, FORCE_COLOR, TERM } = systemEnvironment;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0';
  const capable = (stderr.isTTY && TERM !== 'dumb') || forced;
  const colored = options.color && !NO_COLOR && capable;
  const colors = createColors(colored);
  const live = !options.json && stderr.isTTY && TERM !== 'dumb' && inForeground();
  const linking = options.color && !options.json && knowsHyperlinks(systemEnvironment, stderr.isTTY);
  const ownLinks = new Set<string>();
  let living = '';
  let failed = false;

  const clear = () => {
    // In the background it would be the line that a person types into the shell.
    if (living !== '' && inForeground()) stderr.write('\r\x1b[2K');
    living = '';
  };
  const say = (text: string) => {
    if (options.json) return;
    clear();
    const fitting = wrapIndented(text, stderr.isTTY ? (stderr.columns ?? 80) : Number.POSITIVE_INFINITY);
    const parts = fitting.split(HYPERLINK);
    stderr.write(`${parts.map((part) => (ownLinks.has(part) ? part : clean(part, colored))).join('')}\n`);
  };
  return {
    colors,
    json: options.json,
    live,
    person: stderr.isTTY,
    width: stdout.isTTY ? Math.min(stdout.columns ?? 80, 100) : Number.POSITIVE_INFINITY,
    answer(text) {
      clear();
      stdout.write(`${clean(text, colored && (stdout.isTTY || forced))}\n`);
    },
    line(object) {
      if (object.type === 'error') failed = true;
      stdout.write(`${JSON.stringify(object)}\n`);
    },
    say,
    link(url, text = url) {
      const plain = clean(text, false);
      if (!linking) return plain;
      const linked = hyperlink(url, plain);
      ownLinks.add(linked);
      return linked;
    },
    draw(code) {
      const style = qrStyleFor(colored, systemEnvironment);
      const lines = live ? drawQrCode(code, style, stderr.columns ?? 80) : undefined;
      if (lines === undefined) return false;
      clear();
      stderr.write(`${lines.join('\n')}\n`);
      return true;
    },
    offerToClipboard(text) {
      if (!live) return false;
      const offer = `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`;
      // GNU screen hands on what it is told to.
      stderr.write(systemEnvironment.STY ? `\u001bP${offer}\u001b\\` : offer);
      return true;
    },
    status(text) {
      if (!live || text === living || !inForeground()) return;
      clear();
      const fitting = sentencesIn(text, Math.max(20, (stderr.columns ?? 80) - 1));
      stderr.write(fitting);
      living = fitting;
    },
    bracketedPaste(on) {
      if (live) stderr.write(`${ESCAPE}[?2004${on ? 'h' : 'l'}`);
    },
    fail(error, { verbose }) {
      const told = failed;
      failed = true;
      if (options.json) {
        if (told) return;
        const { code, summary: message, hint, exitCode } = error;
        const time = new Date(systemClock.now()).toISOString();
        stdout.write(
          `${JSON.stringify({ v: 1, type: 'error', time, ok: false, code, message, hint, exitCode })}\n`,
        );
        return;
      }
      if (!told)
        say(
          `${colors.red('✖')} ${error.summary}\n  ${error.hint} ${colors.dim(`(${whereExplained(error.code)})`)}`,
        );
      // A login tells its error itself; where it came from is known here only.
      if (verbose?.stack) say(colors.dim(redact(verbose.stack)));
    },
    close: clear,
  };
}

/** The command that explains a code, or the code alone where the hint has said everything. */
function whereExplained(code: string): string {
  return /^ERR_(?:USAGE|ABORTED|TERMINATED)$/.test(code) ? code : `codex-login help ${code}`;
}

/** The sentences that fit: half of one says nothing. */
function sentencesIn(text: string, width: number): string {
  const [first = '', ...more] = text.split(/(?<=\.) /);
  return more.reduce(
    (line, sentence) => (line.length + 1 + sentence.length > width ? line : `${line} ${sentence}`),
    first.slice(0, width),
  );
}

const ESCAPE = '\u001b';
/** The colours that our own texts use, then everything that is no text. */
const COLOR_OR_CONTROL = new RegExp(
  `${ESCAPE}\\[(?:[012]|22|3[1-6]|39)m|\\n|\\p{Cc}|[\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]`,
  'gu',
);

/** Nothing but text, line breaks and our own colours reaches a terminal, whatever a server or a store put into it. */
function clean(text: string, colored: boolean): string {
  return text.replace(COLOR_OR_CONTROL, (part) =>
    part === '\n' || (colored && part.length > 1) ? part : '',
  );
}
