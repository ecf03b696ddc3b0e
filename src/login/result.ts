/**
 * What a login comes to, once it is stored: who, where, and whether it would be used, by main and by every other agent.
 * It decides how the verdicts are put together; each verdict is the resolver's.
 */

import type { FollowedAgent } from '../agents/follow-login.ts';
import type { Identity } from '../oauth/identity.ts';
import { type Routability, routabilityOf } from '../resolver.ts';
import type { LoginEventBody } from '../words/events.ts';
import type { LoginSettings } from './options.ts';
import type { LoginRecord, Recorded } from './record-grant.ts';

/** Another agent, and what it would use now. */
export type AgentVerdict = { agent: string; store: string } & Routability;

/** Who signed in, what was stored where, and whether it would be used. Holds no token. */
export type LoginResult = LoginRecord &
  Routability & {
    accountId: string;
    email?: string;
    plan?: string;
    expires: number;
    /** Every other agent that had something of its own to say about the provider. */
    agents?: AgentVerdict[];
    /** What is true of a running gateway; missing where the store is not OpenClaw's. */
    gateway?: 'absent' | 'reloaded' | 'stale';
  };

export async function judgeLogin(
  recorded: Recorded,
  identity: Identity,
  expires: number,
  settings: LoginSettings,
): Promise<LoginResult> {
  const { record, gateway, repaired } = recorded;
  const { accountId, email, plan } = identity;
  const verdict = await routabilityOf(record.profileId, settings);
  const agents = await Promise.all(
    recorded.agents.map((agent) => judgeAgent(agent, record.profileId, settings)),
  );
  const hints = [
    verdict.hint,
    repaired
      ? 'An older state had been written over this login in the meantime; it was stored again.'
      : undefined,
    gateway?.state === 'stale' ? gateway.hint : undefined,
  ].filter((hint) => hint !== undefined);
  return {
    ...record,
    accountId,
    ...(email === undefined ? {} : { email }),
    ...(plan === undefined ? {} : { plan }),
    expires,
    ...verdict,
    ...(hints.length === 0 ? {} : { hint: hints.join(' ') }),
    ...(agents.length === 0 ? {} : { agents }),
    ...(gateway === undefined ? {} : { gateway: gateway.state }),
  };
}

async function judgeAgent(
  followed: FollowedAgent,
  profileId: string,
  { provider }: LoginSettings,
): Promise<AgentVerdict> {
  const { agent, store, configuration, failure } = followed;
  const verdict = await routabilityOf(profileId, { store, configuration, provider });
  const place = { agent, store: store.info.location };
  if (failure === undefined) return { ...place, ...verdict };
  // What it has of its own may bear the same id and be an old copy: nobody can say that it would use this login.
  const reason = verdict.routable ? 'store_unchanged' : verdict.reason;
  const remedy = verdict.routable
    ? `Sign in once more, or for this agent alone: codex-login --agent ${agent}.`
    : verdict.hint;
  return { ...place, routable: false, reason, hint: `${failure} ${remedy}` };
}

/** The events between the commit and the result: one per agent that follows, and what is true of the gateway. */
export function eventsOf({ record, agents, gateway }: Recorded): LoginEventBody[] {
  const followed = agents
    .filter(({ failure }) => failure === undefined)
    .map(({ agent, store, order, retired }): LoginEventBody => {
      const { location, generation } = store.info;
      const { profileId, lastGood } = record;
      const base = { agent, store: location, generation, profileId, order: order ?? record.order, lastGood };
      return { type: 'committed', ...base, ...(retired.length === 0 ? {} : { retired: [...retired] }) };
    });
  return [...followed, ...(gateway === undefined ? [] : [{ type: 'gateway', ...gateway } as const])];
}
