/** What became of the other agents and the gateway, as fields of a line of `--json`: without the stores themselves. It decides nothing. */

import type { GatewayOutcome } from '../openclaw/gateway.ts';
import type { FollowedAgent } from './follow-login.ts';

interface Around {
  agents?: { agent: string; store: string; failure?: string }[];
  gateway?: GatewayOutcome['state'];
}

/** Nothing where there is no other agent, and no gateway that was asked. */
export function aroundOf(agents: readonly FollowedAgent[], gateway: GatewayOutcome | undefined): Around {
  const said = agents.map(({ agent, store, failure }) => ({
    agent,
    store: store.info.location,
    ...(failure === undefined ? {} : { failure }),
  }));
  return {
    ...(said.length === 0 ? {} : { agents: said }),
    ...(gateway === undefined ? {} : { gateway: gateway.state }),
  };
}
