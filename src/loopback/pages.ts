/**
 * The pages a person sees in the browser: signed in, not signed in, and "nothing to see here".
 * Self-contained, escaped, no script; it decides how they read, the story decides what they say.
 */

import { createHash } from 'node:crypto';

/** A page and the HTTP status it is served with. */
export interface Page {
  readonly status: number;
  readonly html: string;
}

export interface SuccessFacts {
  /** The product a person signed in to, e.g. `ChatGPT`. */
  readonly providerName: string;
  readonly email?: string | undefined;
  readonly plan?: string | undefined;
  readonly profileId: string;
  readonly store: string;
  /** Whether OpenClaw would use the new profile, by its own rules; otherwise why not, and what to do. */
  readonly routability: { routable: true; hint?: string } | { routable: false; reason: string; hint: string };
  /** Other agents, and whether they would use it too. */
  readonly agents?: readonly { agent: string; routable: boolean }[] | undefined;
  /** Profiles of the same account that this login replaced. */
  readonly retired?: readonly string[] | undefined;
}

export interface FailureFacts {
  /** The code that the terminal shows too. */
  readonly code: string;
  readonly summary: string;
  readonly hint: string;
}

/** Shown only after the credential is stored. */
export function successPage(facts: SuccessFacts): Page {
  const { routability, retired = [], agents = [] } = facts;
  const left = agents.filter(({ routable }) => !routable).map(({ agent }) => agent);
  const account = [facts.email, facts.plan === undefined ? undefined : `${facts.plan} plan`].filter(
    (part) => part !== undefined,
  );
  const rows: [string, string][] = [
    ['Account', account.join(', ')],
    ['Profile', facts.profileId],
    ['Stored in', facts.store],
    ['Replaced', retired.join(', ')],
    [
      'Other agents',
      agents.length === 0
        ? ''
        : left.length === 0
          ? agents.map(({ agent }) => agent).join(', ')
          : `not reached: ${left.join(', ')}`,
    ],
    ['Will be used', routability.routable ? 'yes' : `not yet: ${routability.reason}`],
  ];
  const hint = routability.hint === undefined ? '' : `<p>${escapeHtml(routability.hint)}</p>`;
  const body = `${definitions(rows.filter(([, text]) => text !== ''))}${hint}<p>You can close this tab and return to the terminal.</p>`;
  return routability.routable
    ? page(200, `Signed in to ${facts.providerName}`, 'good', body)
    : page(200, 'Signed in, one step left', 'warn', body);
}

/** Shown when the login ended after the browser came back; the terminal says the same. */
export function failurePage({ code, summary, hint }: FailureFacts): Page {
  const body = `<p>${escapeHtml(summary)}</p><p><strong>What to do:</strong> ${escapeHtml(hint)}</p>${definitions([['Code', code]])}`;
  return page(400, 'Not signed in', 'bad', body);
}

const STRAY: Readonly<Record<400 | 403 | 404 | 405 | 417 | 421, string>> = {
  400: 'This answer does not belong to the sign-in that is waiting here.',
  403: 'Only a page that you open yourself is answered here.',
  404: 'There is nothing at this address.',
  405: 'This address answers GET only.',
  417: 'Nothing special is done at this address.',
  421: 'This address serves localhost only.',
};

/** For a request that is none of this login's business. Nothing of the request is repeated. */
export function strayPage(status: keyof typeof STRAY): Page {
  const ready = strayPages.get(status);
  if (ready) return ready;
  const body = `<p>${STRAY[status]}</p><p>Nothing was changed, and a sign-in that is under way goes on. Return to the tab or the terminal where you started it.</p>`;
  const made = page(status, 'Nothing happened', 'warn', body);
  strayPages.set(status, made);
  return made;
}
const strayPages = new Map<number, Page>();

const STYLE = `:root{color-scheme:light dark;--ink:#1a1d21;--soft:#565d66;--paper:#f5f6f8;--card:#fff;--line:#dfe3e8;--good:#0b7a53;--warn:#8a5300;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#eceff3;--soft:#a4acb8;--paper:#14171b;--card:#1d2127;--line:#333a44;--good:#4cc795;--warn:#e6ad4f;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
main{width:100%;max-width:34rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:1rem;overflow-wrap:anywhere}
h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.25;display:flex;gap:.75rem;align-items:center}
h1 svg{flex:none;width:2rem;height:2rem;fill:none;stroke:currentColor;stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
.good svg{color:var(--good)}.warn svg{color:var(--warn)}.bad svg{color:var(--bad)}
dl{margin:0 0 1.25rem;display:grid;grid-template-columns:max-content 1fr;border-top:1px solid var(--line)}
dt,dd{margin:0;padding:.5rem 0;border-bottom:1px solid var(--line)}dt{padding-inline-end:1.5rem;color:var(--soft)}
p{margin:0 0 1rem}p:last-child,dl:last-child{margin-bottom:0}dl:last-child>:nth-last-child(-n+2){border-bottom:0;padding-bottom:0}
@media (max-width:26rem){main{padding:1.25rem}dl{grid-template-columns:1fr}dt{border:0;padding-bottom:0}dd{padding-top:0}}
@media (forced-colors:active){main{border-color:CanvasText}}`;

/** The only style that the policy lets apply (CSP `style-src`). */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

const ICONS = {
  good: '<circle cx="12" cy="12" r="10"/><path d="m7.5 12.5 3 3 6-6.5"/>',
  warn: '<circle cx="12" cy="12" r="10"/><path d="M12 7v6M12 16.6v.1"/>',
  bad: '<circle cx="12" cy="12" r="10"/><path d="m8.5 8.5 7 7m0-7-7 7"/>',
} as const;

function page(status: number, title: string, mood: keyof typeof ICONS, body: string): Page {
  const heading = escapeHtml(title);
  const html = `<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><title>${heading} · codex-login</title><style>${STYLE}</style></head>
<body><main class="${mood}"><h1><svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[mood]}</svg>${heading}</h1>${body}</main></body></html>
`;
  return { status, html };
}

/** Foreign values keep their own direction (`bdi`), whatever script an address is written in. */
function definitions(rows: readonly (readonly [string, string])[]): string {
  return `<dl>${rows.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd><bdi>${escapeHtml(text)}</bdi></dd>`).join('')}</dl>`;
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
