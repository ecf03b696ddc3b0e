/**
 * What every page has: head, one heading, marks, a footer that says whose page it is. One landmark for what happened, one for that.
 * It decides how the parts of a page are put together; what they say, the pages decide.
 */

import { html, type Markup } from './markup.ts';
import { STYLE } from './page-style.ts';

/** A page and the HTTP status it is served with. */
export interface Page {
  readonly status: number;
  readonly html: string;
}

export type Mood = 'good' | 'warn' | 'doubt' | 'bad' | 'calm';

/** A fact: what it is about, what is true of it, and whether something is left to do there. */
export interface Row {
  readonly term: string;
  readonly text: Markup;
  readonly state?: 'done' | 'left' | undefined;
}

export interface Parts {
  readonly mood: Mood;
  readonly title: string;
  /** The sentence under the heading. */
  readonly lede: Markup;
  readonly body: Markup;
}

/** The heading is the title too, and comes first in both: it is what is read out. */
export function page(status: number, { mood, title, lede, body }: Parts): Page {
  const made = html`<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark"><title>${title} · codex-login</title><style>${{ markup: STYLE }}</style></head>
<body><main class="${mood}">${SIGNS[mood]}<h1>${title}</h1><p class="lede">${lede}</p>${body}</main>
<footer>${MARK}<p>A page of codex-login. It loads nothing from elsewhere.</p></footer></body></html>
`;
  return { status, html: made.markup };
}

/** Facts as pairs of what and how; those without a text are left out. */
export function facts(rows: readonly (Row | undefined)[]): Markup {
  const shown = rows.filter((row) => row !== undefined);
  return html`<dl>${shown.map(fact)}</dl>`;
}

function fact({ term, text, state }: Row): Markup {
  if (state === undefined) return html`<div><dt>${term}</dt><dd>${text}</dd></div>`;
  return html`<div class="${state}"><dt>${BULLETS[state]}${term}</dt><dd>${text}</dd></div>`;
}

/** What to do next: one step as a paragraph, several as a list. */
export function nextSteps(steps: readonly Markup[]): Markup {
  const [only, ...more] = steps;
  if (only === undefined) return html``;
  const body =
    more.length === 0 ? html`<p>${only}</p>` : html`<ol>${steps.map((step) => html`<li>${step}</li>`)}</ol>`;
  return html`<section class="next"><h2>What to do next</h2>${body}</section>`;
}

/** A page can neither close itself nor know where the person was before. */
export function closing(text: string): Markup {
  return html`<p class="close">${text}</p>`;
}

// One ring, as closed as the sign-in is. Decoration: the words beside it say the same.
const sign = (ring: Markup, inside: string): Markup =>
  html`<svg viewBox="0 0 32 32" aria-hidden="true">${ring}<path class="sign" pathLength="1" d="${inside}"/></svg>`;
const ring = (path: string): Markup => html`<path class="ring" pathLength="1" d="${path}"/>`;
const OPEN = 'M28.22 11.55A13 13 0 1 1 20.45 3.78';
const ALMOST = html`${ring(OPEN)}<path class="dot" d="M25.19 6.81v.01"/>`;
const CHECK = 'm10.5 16.5 4 4 7.5-8.5';
const SIGNS: Readonly<Record<Mood, Markup>> = {
  good: sign(ring('M16 3a13 13 0 1 1 0 26a13 13 0 1 1 0-26z'), CHECK),
  warn: sign(ALMOST, CHECK),
  doubt: sign(ALMOST, 'M16 9.5v8m0 4.5v.1'),
  bad: sign(ring(OPEN), 'm11.5 11.5 9 9m0-9-9 9'),
  calm: sign(html`<circle class="dotted" pathLength="20" cx="16" cy="16" r="13"/>`, 'M11 16h10'),
};
const BULLETS: Readonly<Record<'done' | 'left', Markup>> = {
  done: html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m4 13 5.5 6L20 6"/></svg>`,
  left: html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3v10m0 7v.1"/></svg>`,
};
/** Out, round, and back to where it began. */
const MARK = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 18h7.5a7 7 0 1 0-6.6-4.7M6.5 14.5 3 18l3.5 3.5"/></svg>`;
