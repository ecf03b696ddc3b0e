/**
 * What every page of the mock has: its frame, its style, the choice of a person. Self-contained, escaped, without
 * script; it decides how a page looks and what it may load, not what it says.
 */

import { createHash } from 'node:crypto';

import type { Account } from '../grants/accounts.ts';
import { type Answer, htmlAnswer } from '../http/answer.ts';

/** Whom to continue as; the first is chosen. */
export function accountChoices(choices: readonly Account[]): string {
  return `<fieldset><legend>Continue as</legend>${choices.map(choice).join('')}</fieldset>`;
}

function choice({ email, name, plan, accountId, workspace }: Account, index: number): string {
  const title = escapeHtml(name ?? email ?? accountId);
  // One e-mail can be in several workspaces: what tells them apart has a line of its own.
  const details = [
    name === undefined ? undefined : email,
    [workspace, `${plan} plan`].filter(Boolean).join(' · '),
  ];
  const lines = details.flatMap((line) => (line === undefined ? [] : [`<small>${escapeHtml(line)}</small>`]));
  return `<label><input type="radio" name="account" value="${index}"${index === 0 ? ' checked' : ''}><span><bdi>${title}</bdi>${lines.join('')}</span></label>`;
}

const STYLE = `:root{color-scheme:light dark;--ink:#181b20;--soft:#545b66;--paper:#eef1f5;--card:#fff;--line:#d5dae1;--edge:#767e8a;--accent:#0b6b4a;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#edf0f4;--soft:#a9b1bd;--paper:#12151a;--card:#1c2027;--line:#343b46;--edge:#7d8794;--accent:#52cf9c;--on:#08130e}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
main{width:100%;max-width:27rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:1rem;overflow-wrap:anywhere}
h1{margin:0 0 1rem;font-size:1.6rem;line-height:1.2}h2,legend{margin:0;padding:0;font-size:.9rem;font-weight:600;color:var(--soft)}p{margin:0 0 1.25rem}main>p:last-child{margin-bottom:0}
.mock{margin:0 0 .5rem;font-size:.85rem;color:var(--soft)}fieldset{margin:0 0 1.25rem;padding:0;border:0;display:grid;gap:.5rem}legend{margin-bottom:.5rem}
label{display:flex;gap:.75rem;align-items:center;padding:.7rem .9rem;border:1px solid var(--line);border-radius:.7rem;cursor:pointer}label:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
label span{display:grid}input{flex:none;width:1.1rem;height:1.1rem;margin:0;accent-color:var(--accent)}small{font-size:.85rem;color:var(--soft);text-wrap:balance}ul{margin:.35rem 0 1.5rem;padding-inline-start:1.25rem}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem}button{flex:1 1 8rem;min-height:2.75rem;padding:.5rem 1rem;border:1px solid var(--edge);border-radius:.7rem;background:none;color:var(--ink);font:inherit;font-weight:600;cursor:pointer}
.primary{background:var(--accent);border-color:var(--accent);color:var(--on)}label:has(:focus-visible):not(.field),button:focus-visible,.code:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.field{display:block;margin:0 0 .5rem;padding:0;border:0;font-size:.9rem;font-weight:600;color:var(--soft)}.code{width:100%;height:auto;min-height:2.75rem;margin:0 0 1.25rem;padding:.5rem .9rem;border:1px solid var(--edge);border-radius:.7rem;background:none;color:var(--ink);font:600 1.25rem/1.4 ui-monospace,monospace;letter-spacing:.1em;text-transform:uppercase}.problem{margin:-.75rem 0 1.25rem;font-weight:600}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** A whole page. @param formAction where its form may lead, as a Content-Security-Policy says it */
export function page(
  status: number,
  title: string,
  body: string,
  outcome: string,
  formAction: string,
): Answer {
  const html = `<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · mock authorization server</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><main><p class="mock">Mock server: no real account is involved</p><h1>${title}</h1>
${body}
</main></body></html>
`;
  return htmlAnswer(status, html, outcome, {
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action ${formAction}`,
    'Referrer-Policy': 'no-referrer',
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that stands for itself in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
