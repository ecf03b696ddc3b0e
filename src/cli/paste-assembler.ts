/**
 * Bytes of a terminal in cooked mode → what was pasted, as one text: lines that a paste was wrapped into belong together.
 * Pure but for the clock. It decides where a paste ends; what it means, the login decides.
 */

import type { Clock } from '../words/ports.ts';

// What a terminal with bracketed paste puts around it (xterm control sequences, mode 2004).
const PASTE_BEGINS = '\u001b[200~';
const PASTE_ENDS = '\u001b[201~';

/** How long no further line has come once a paste is over that no terminal marked. */
const QUIET_MS = 120;
/** The same within a marked paste: a terminal in cooked mode loses what is past 4,095 bytes of a line, the mark of its end too. */
const CUT_MS = 2_000;
/** More than any address: what is longer is thrown away as it comes. */
const LONGEST_PASTE = 32_768;

export interface PasteAssembler {
  /** The next piece of input. */
  add(text: string): void;
  /** No more input will come: what is there is the last paste. */
  end(): void;
}

/** @param onPaste hears every text that is more than white space */
export function createPasteAssembler(clock: Clock, onPaste: (text: string) => void): PasteAssembler {
  let gathered = '';
  let quiet = new AbortController();

  const deliver = () => {
    quiet.abort();
    const text = gathered.replaceAll(PASTE_BEGINS, '').replaceAll(PASTE_ENDS, '').trim();
    gathered = '';
    if (text !== '') onPaste(text);
  };
  return {
    add(text) {
      quiet.abort();
      gathered = (gathered + text).slice(-LONGEST_PASTE);
      const begins = gathered.lastIndexOf(PASTE_BEGINS);
      const ends = gathered.lastIndexOf(PASTE_ENDS);
      const last = gathered.lastIndexOf('\n');
      if (last === -1) return;
      const isOpen = begins > ends;
      if (!isOpen && ends !== -1 && last > ends) return deliver();
      quiet = new AbortController();
      clock.sleep(isOpen ? CUT_MS : QUIET_MS, quiet.signal).then(deliver, () => undefined);
    },
    end: deliver,
  };
}
