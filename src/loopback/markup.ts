/**
 * Text becomes HTML here and nowhere else: everything that is put into a page is escaped unless it is markup already.
 * It decides how a foreign value is kept harmless and readable; which values a page shows, the pages decide.
 */

/** HTML that is safe to put into a page as it is. Made by `html` alone. */
export interface Markup {
  readonly markup: string;
}

/** A template of our own with values put in: strings are escaped, markup stays as it is. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | Markup | readonly Markup[])[]
): Markup {
  return {
    markup: parts.reduce((made, part, index) => {
      const value = values[index - 1] ?? '';
      return made + [value].flat().map(markupOf).join('') + part;
    }),
  };
}

function markupOf(value: string | Markup): string {
  return typeof value === 'string' ? escapeHtml(legible(value)) : value.markup;
}

/**
 * An id, a path, an address, a word of somebody else's. Whatever script it is written in, it changes no direction around it
 * (`bdi`), its parts stay in their order, and no translation touches it.
 */
export function value(text: string): Markup {
  return html`<bdi dir="ltr" translate="no">${inOrder(text)}</bdi>`;
}

/** The same, to be read character by character, or typed: a line ends between the words of a command where it can. */
export function code(text: string): Markup {
  const words = text.split(' ').map(inOrder);
  const [only, ...more] = words;
  const parts =
    only !== undefined && more.length === 0
      ? only
      : html`${words.map((word, index) => html`${index === 0 ? '' : ' '}<span>${word}</span>`)}`;
  return html`<code dir="ltr" translate="no">${parts}</code>`;
}

/**
 * A long name ends its lines behind separators where it can. Directories and domains that are written from right to left would
 * change places with their neighbours: each stands alone.
 */
function inOrder(text: string): Markup {
  const isolated = RIGHT_TO_LEFT.test(text);
  if (!isolated && text.length <= LONGEST_UNBROKEN) return html`${text}`;
  return html`${text.split(/(?<=[/\\:@])(?!$)/).map((part, index) => {
    const parts = part.split(/([/\\:@.])/).filter((one) => one !== '');
    const shown = isolated ? html`${parts.map((one) => html`<bdi>${one}</bdi>`)}` : part;
    return index === 0 ? html`${shown}` : html`<wbr>${shown}`;
  })}`;
}
/** Characters: what is shorter is two or three lines on a telephone, and whole in the source. */
const LONGEST_UNBROKEN = 80;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A sentence of ours, such as a hint: the commands and options in it are set as code. No full stop is typed along with the last
 * one. A foreign name in it may be long, and written from right to left.
 */
export function sentence(text: string): Markup {
  let end = 0;
  const parts: Markup[] = [];
  for (const { 0: command, index } of text.matchAll(COMMANDS)) {
    parts.push(prose(text.slice(end, index)), code(command));
    end = index + command.length;
  }
  const rest = text.slice(end);
  return html`${parts}${parts.length > 0 && rest === '.' ? '' : prose(rest)}`;
}

function prose(text: string): Markup {
  return html`${text.split(/( +)/).map(inOrder)}`;
}

const WORD =
  '(?:login|logout|status|order|get|set|clear|doctor|mock|models|auth|secrets|reload|config|validate)\\b';
const OPTION = '--[a-z][a-z-]*';
/** What follows `set` or an option may be anything without blanks; the full stop of the sentence is not part of it. */
const ARGUMENT = `(?<= (?:set|${OPTION}) )[^\\s-]\\S*?(?=[.,:;)]*(?:\\s|$))`;
/** Behind an option alone only what can be no word of the sentence: a path, an address, an id. */
const PLACE = '\\S*[/:]\\S*?(?=[.,:;)]*(?:\\s|$))';
/** `codex-login …` and `openclaw …` with what is typed behind them, as our hints have them; an option alone. */
const COMMANDS = new RegExp(
  `(?<![\\w./@:-])(?:(?:npx )?(?:codex-login|openclaw)(?![\\w-]|\\.\\w)(?: (?:${WORD}|${OPTION}|<[\\w-]+>|${ARGUMENT}))*|${OPTION}(?: (?:<[\\w-]+>|${PLACE}))?)`,
  'g',
);

/** Nothing but characters that stand for themselves: controls and overrides of direction are shown as one that is missing. */
function legible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/gu, '\ufffd');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
