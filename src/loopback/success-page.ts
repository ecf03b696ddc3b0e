/**
 * What is said once the credential is stored: who, where, what will use it now, and what is left to do.
 * It decides how the facts read; what is true, the story has found out.
 */

import { code, html, type Markup, sentence, value } from './markup.ts';
import { closing, facts, nextSteps, type Row } from './page-frame.ts';

/** Another agent of the same OpenClaw, and whether it would use the new profile. */
export interface AgentFact {
  readonly agent: string;
  readonly routable: boolean;
  readonly reason?: string | undefined;
  readonly hint?: string | undefined;
}

export interface SuccessFacts {
  /** The product a person signed in to, e.g. `ChatGPT`. */
  readonly providerName: string;
  readonly email?: string | undefined;
  readonly plan?: string | undefined;
  /** The workspace's name, where it is known. */
  readonly workspace?: string | undefined;
  /** What tells two accounts with one e-mail apart. */
  readonly accountId?: string | undefined;
  readonly profileId: string;
  readonly store: string;
  /** Whether OpenClaw would use the new profile, by its own rules; otherwise why not, and what to do. */
  readonly routability: { routable: true; hint?: string } | { routable: false; reason: string; hint: string };
  /** Other agents, and whether they would use it too. */
  readonly agents?: readonly AgentFact[] | undefined;
  /** What is true of a running gateway; undefined where the store is not OpenClaw's. */
  readonly gateway?: 'absent' | 'reloaded' | 'stale' | undefined;
  /** What to do about a stale gateway. Where the routability's hint ends with it, it is told once. */
  readonly gatewayHint?: string | undefined;
  /** Profiles of the same account that this login replaced. */
  readonly retired?: readonly string[] | undefined;
}

/** What the page of a stored login says; whether it is the whole page is for others to decide. */
export interface SuccessStory {
  readonly title: string;
  readonly lede: Markup;
  readonly body: Markup;
  readonly finished: boolean;
}

export function successStory(known: SuccessFacts): SuccessStory {
  const { steps, note } = adviceOf(known);
  const finished = steps.length === 0;
  const body = html`${nextSteps(steps)}${facts(rowsOf(known))}${
    note === '' ? [] : html`<section><h2>Worth knowing</h2><p>${sentence(note)}</p></section>`
  }${closing(finished && note === '' ? `Nothing else is left to do. ${CLOSE}` : CLOSE)}`;
  return {
    title: finished ? `Signed in to ${known.providerName}` : `Signed in, ${COUNTED[steps.length]} left`,
    lede: html`${ledeOf(known, finished)}`,
    body,
    finished,
  };
}

const CLOSE = 'You can close this tab and go back to where you started the sign-in.';
const COUNTED = ['nothing', 'one step', 'two steps', 'three steps'];

function ledeOf({ routability }: SuccessFacts, finished: boolean): string {
  if (!routability.routable) return 'The credential is stored, and OpenClaw would not use it yet.';
  return finished
    ? 'The credential is stored, and by OpenClaw’s own rules it is the one that will be used.'
    : 'The credential is stored and OpenClaw’s rules choose it, but it has not reached everything yet.';
}

/** What is left to do, three steps at most (the profile itself, the gateway, other agents), and what is only worth knowing. */
function adviceOf({ routability, agents = [], gateway, gatewayHint = '' }: SuccessFacts) {
  const own = withoutEnd(routability.hint ?? '', gatewayHint);
  const stale = gateway === 'stale' ? gatewayHint || (routability.routable ? own : '') : '';
  const missed = agents.filter(({ routable }) => !routable);
  const steps = [
    routability.routable ? undefined : sentence(own),
    stale === '' ? undefined : sentence(stale),
    missed.length === 0 ? undefined : html`These agents do not use it yet:<ul>${missed.map(agentStep)}</ul>`,
  ].filter((step) => step !== undefined);
  return { steps, note: routability.routable && own !== stale ? own : '' };
}

function agentStep({ agent, hint = '' }: AgentFact): Markup {
  return html`<li><strong>${value(agent)}</strong>: ${sentence(hint)}</li>`;
}

/** A hint that ends with what is told in a place of its own. */
function withoutEnd(text: string, end: string): string {
  return end !== '' && text.endsWith(end) ? text.slice(0, -end.length).trimEnd() : text;
}

function rowsOf(known: SuccessFacts): (Row | undefined)[] {
  const { profileId, store, retired = [], routability, agents = [], gateway } = known;
  return [
    accountRow(known),
    {
      term: 'Profile',
      text: html`${code(profileId)}${
        retired.length === 0
          ? []
          : html`<small>Replaces ${listed(retired.map(code))}: the same account, stored earlier.</small>`
      }`,
      state: 'done',
    },
    { term: 'Stored in', text: code(store), state: 'done' },
    routability.routable
      ? { term: 'Will be used', text: html`Yes, by OpenClaw’s own rules`, state: 'done' }
      : { term: 'Will be used', text: html`Not yet: ${code(routability.reason)}`, state: 'left' },
    agents.length === 0 ? undefined : agentsRow(agents),
    gateway === undefined ? undefined : GATEWAY[gateway],
  ];
}

/** Who and which plan; below it what tells two accounts of one person apart. */
function accountRow({ email, plan, workspace, accountId }: SuccessFacts): Row | undefined {
  const parts = [
    email === undefined ? undefined : value(email),
    plan === undefined ? undefined : html`<bdi>${plan}</bdi> plan`,
  ].filter((part) => part !== undefined);
  const place = [
    workspace === undefined ? undefined : html`Workspace <bdi>${workspace}</bdi>`,
    accountId === undefined ? undefined : html`Account id ${code(accountId)}`,
  ].filter((part) => part !== undefined);
  if (parts.length + place.length === 0) return undefined;
  const text = html`${listed(parts)}${place.map((part) => html`<small>${part}</small>`)}`;
  return { term: 'Account', text, state: 'done' };
}

function agentsRow(agents: readonly AgentFact[]): Row {
  const using = agents.filter(({ routable }) => routable).map(({ agent }) => value(agent));
  const missed = agents
    .filter(({ routable }) => !routable)
    .map(({ agent, reason }) => html`${value(agent)}${reason === undefined ? [] : html` (${code(reason)})`}`);
  return {
    term: 'Other agents',
    text: html`${using.length === 0 ? [] : html`<p>Use it too: ${listed(using)}</p>`}${
      missed.length === 0 ? [] : html`<p>Not yet: ${listed(missed)}</p>`
    }`,
    state: missed.length === 0 ? 'done' : 'left',
  };
}

const GATEWAY: Readonly<Record<NonNullable<SuccessFacts['gateway']>, Row>> = {
  absent: {
    term: 'Gateway',
    text: html`None was found running; it reads the store when it starts`,
    state: 'done',
  },
  reloaded: { term: 'Gateway', text: html`Running, and it has read this credential`, state: 'done' },
  stale: { term: 'Gateway', text: html`Running, and may still use the earlier credential`, state: 'left' },
};

function listed(parts: readonly Markup[]): Markup {
  return html`${parts.map((part, index) => (index === 0 ? part : html`, ${part}`))}`;
}
