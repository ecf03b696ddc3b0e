// Who the made-up fleet is: gateways with a store each, and profiles in them, all by their number.

import { createHash } from 'node:crypto';

export const PROFILES_EACH = 100;
export const gatewaysFor = (profiles) => Math.max(1, Math.ceil(profiles / PROFILES_EACH));
export const storeKeyOf = (gateway) => `gateway-${gateway}`;
export const profileIdOf = (number) => `openai-codex:person-${number}@example.com`;

/** As long as real ones: an access token of some 1,400 characters, a refresh token of 46. */
export function profileOf(number, generation = 0) {
  const digest = createHash('sha512').update(`${number}.${generation}`).digest('base64url');
  return {
    type: 'oauth',
    provider: 'openai-codex',
    access: `eyJ${digest.repeat(17)}`.slice(0, 1_400),
    refresh: `rt_${digest.slice(0, 43)}`,
    expires: 1_900_000_000_000 + number,
    email: `person-${number}@example.com`,
    accountId: digest.slice(0, 36),
    chatgptPlanType: 'plus',
  };
}

/** Evenly spread, and the same at every run. */
export function randomOf(seed) {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return Math.floor((((state ^ (state >>> 13)) >>> 0) / 4_294_967_296) * below);
  };
}
