/**
 * The other agents of the same OpenClaw: what is wrong in a store of their own, and where it hides what main would use.
 * An agent's own account stays its own: only an order that leads nowhere, or to main's old copies, is taken for a fault.
 */

import type { CredentialStore } from '../agents/credential-store.ts';
import { bearing, type Follower } from '../agents/follow-login.ts';
import { entryOf, storedOrder, withOrder } from '../store/edits/order.ts';
import { retire } from '../store/examination/account-findings.ts';
import {
  type Examination,
  findInState,
  repairState,
  type StateFinding,
} from '../store/examination/findings.ts';
import type { AuthProfiles } from '../store/profile-store.ts';
import { sameProvider } from '../store/provider-key.ts';
import { type Selection, selectProfiles } from '../store/selection.ts';
import { LoginError } from '../words/errors.ts';
import { type Finding, type FindingId, finding } from '../words/findings.ts';

/** What concerns an agent's own store; the rest is said of main. */
const ITS_OWN: readonly FindingId[] = [
  'profile-unreadable',
  'field-names',
  'type-unreadable',
  'provider-missing',
  'account-missing',
  'expires-in-seconds',
  'expires-unreadable',
  'credential-missing',
  'expired-without-refresh',
  'refresh-missing',
  'token-expired',
  'twin',
  'in-cooldown',
  'disabled',
  'order-unreadable',
  'order-names-nothing',
  'order-dangling',
  'last-good-dangling',
  'last-good-stale',
];

export interface AgentFindings extends Follower {
  readonly state: AuthProfiles;
  /** Judges a state of this agent's store. */
  find(state: AuthProfiles): StateFinding[];
}

/** The findings of every other agent, the agent named in each. */
export async function examineAgents(opened: CredentialStore, main: Examination): Promise<Finding[]> {
  const found: Finding[] = [];
  const repaired = repairState(main.state, (state) => findInState({ ...main, state })).next;
  for (const agent of await readAgents(opened, { ...main, state: repaired }))
    if ('unreadable' in agent) found.push(agent.unreadable);
    else found.push(...agent.find(agent.state).map((one) => named(one, agent.agent)));
  return found;
}

/** The agents that have something of their own to say about the provider, judged against main as it is given. */
export async function readAgents(
  { followers }: CredentialStore,
  main: Examination,
): Promise<(AgentFindings | { unreadable: Finding })[]> {
  const agents: (AgentFindings | { unreadable: Finding })[] = [];
  for (const follower of await bearing(followers, main.provider)) {
    try {
      const { state } = await follower.store.read();
      const configuration = { ...(await follower.configuration()), inherited: main.state };
      const find = (own: AuthProfiles) =>
        findInAgent({ ...main, state: own, configuration }, main, follower.agent);
      agents.push({ ...follower, state, find });
    } catch (thrown) {
      if (!(thrown instanceof LoginError)) throw thrown;
      agents.push({ unreadable: unreadable(follower, thrown) });
    }
  }
  return agents;
}

/** What main would use, by OpenClaw's rules. */
export function mainSelection({ state, provider, configuration, now }: Examination): Selection {
  return selectProfiles({ state, provider, configuration, now });
}

function findInAgent(agent: Examination, main: Examination, name: string): StateFinding[] {
  const own = findInState(agent).filter(({ id }) => ITS_OWN.includes(id));
  const shared = findCopies(agent, main);
  if (own.some(({ id }) => id === 'order-names-nothing') || shared.length > 0) return [...shared, ...own];
  return [...own, ...findShadow(agent, main, name)];
}

/** A copy of main's refresh token, as OpenClaw makes it at an agent's first turn: it ends one of the two. */
function findCopies({ state, provider }: Examination, main: Examination): StateFinding[] {
  const owners = new Map<unknown, string>();
  for (const [id, entry] of Object.entries(main.state.profiles))
    if (entry?.refresh && sameProvider(entry.provider, provider)) owners.set(entry.refresh, id);
  return Object.keys(state.profiles).flatMap((id): StateFinding[] => {
    const owner = owners.get(entryOf(state, id)?.refresh);
    if (owner === undefined) return [];
    const copy = finding('refresh-token-shared', {
      subject: id,
      message: `It holds the same refresh token as ${owner} of main.`,
      reason:
        'A refresh token works once: whichever is refreshed first ends the other. Without a copy of its own the agent uses that of main.',
      fixable: true,
    });
    return [{ ...copy, edit: (current) => retire(current, provider, id, owner) }];
  });
}

function findShadow(agent: Examination, main: Examination, name: string): StateFinding[] {
  const wanted = mainSelection(main).selected;
  const order = storedOrder(agent.state, agent.provider);
  if (wanted === undefined || order === undefined || order.includes(wanted)) return [];
  const { selected } = mainSelection(agent);
  // An account of its own is the agent's own business.
  const fixable = selected === undefined || entryOf(agent.state, selected) === undefined;
  const shadow = finding('agent-shadows-main', {
    subject: wanted,
    severity: fixable ? 'warning' : 'info',
    message: `Its own order leaves out ${wanted}, which main uses.`,
    reason: `An order is an allow-list: this agent uses ${selected ?? 'nothing'} instead.`,
    fixable,
    ...(fixable ? {} : { remedy: `codex-login order set ${[wanted, ...order].join(' ')} --agent ${name}` }),
  });
  return [
    fixable
      ? { ...shadow, edit: (current) => withOrder(current, agent.provider, [wanted, ...order]) }
      : shadow,
  ];
}

function unreadable({ agent, store }: Follower, { summary, hint }: LoginError): Finding {
  return finding('agent-unreadable', {
    subject: `${store.info.location} (agent ${agent})`,
    message: summary,
    reason: 'What this agent would use cannot be told.',
    remedy: `${hint} Or: codex-login doctor --fix --agent ${agent}`,
  });
}

function named<T extends Finding>(found: T, agent: string): T {
  return { ...found, subject: `${found.subject} (agent ${agent})` };
}
