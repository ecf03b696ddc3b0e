/** A person who pastes, in this process: what they paste, what they were told, what they were asked. */

import type { PasteInput } from '../../src/words/ports.ts';

export interface Pasting {
  readonly input: PasteInput;
  paste(text: string): void;
  /** Nothing can come any more. */
  hangUp(): void;
  readonly refused: string[];
  readonly questions: string[];
  /** Whether somebody is waiting for a paste; false once the login has let go of it. */
  readonly listening: boolean;
}

export function createPasting({ sure = false }: { sure?: boolean } = {}): Pasting {
  const texts: (string | undefined)[] = [];
  const refused: string[] = [];
  const questions: string[] = [];
  let wake: (() => void) | undefined;
  const put = (text: string | undefined) => {
    texts.push(text);
    wake?.();
  };
  return {
    input: {
      next: (signal) =>
        new Promise((resolve, reject) => {
          const take = () => {
            if (texts.length === 0) return;
            wake = undefined;
            resolve(texts.shift());
          };
          wake = take;
          signal.addEventListener('abort', () => {
            wake = undefined;
            reject(signal.reason);
          });
          take();
        }),
      refuse: (sentence) => refused.push(sentence),
      confirm: async (question) => {
        questions.push(question);
        return sure;
      },
    },
    paste: put,
    hangUp: () => put(undefined),
    refused,
    questions,
    get listening() {
      return wake !== undefined;
    },
  };
}
