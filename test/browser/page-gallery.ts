/** Every page that a login can end on, with plain facts and with the longest plausible ones: what the browser tests look at. */

import {
  failurePage,
  finishedElsewherePage,
  type Page,
  strayPage,
  successPage,
} from '../../src/loopback/pages.ts';

const plain = {
  providerName: 'ChatGPT',
  email: 'robin@example.com',
  plan: 'plus',
  accountId: '6f2c1a58-3d0e-4b7a-9c41-0d5e8a7b1f20',
  profileId: 'openai-codex:robin@example.com',
  store: '/home/robin/.openclaw/agents/main/agent/auth-profiles.json',
  routability: { routable: true },
  gateway: 'reloaded',
} as const;

/** 254 characters, as long as an address may be (RFC 3696, erratum 1690), and no place to break it but the dots. */
const LONGEST_EMAIL = `${'a'.repeat(64)}@${`${'b'.repeat(60)}.`.repeat(3)}museum`;
/** Names in scripts that are written from right to left, in parts that must keep their order. */
const RIGHT_TO_LEFT_EMAIL = 'مستخدم.תיבה@דוגמה.example';
const LONGEST_PATH = `/home/${'deeply-nested-directory/'.repeat(8)}auth-profiles.json`;
const HOSTILE = '<img src=http://leaves.example/x onerror=alert(1)>"\'&amp;\u202egnp.exe';

const staleHint =
  'A gateway is running and may still use the old credential (it did not confirm a reload). Run: openclaw secrets reload';
const outranked = {
  reason: 'excluded_by_auth_order',
  hint: `Put it first: codex-login order set ${plain.profileId}.`,
};
const longProfileId = `openai-codex:${LONGEST_EMAIL}`;

/** A page's name → the page. */
export const gallery: Readonly<Record<string, Page>> = {
  success: successPage(plain),
  'success-agents': successPage({
    ...plain,
    gateway: 'absent',
    workspace: 'Example Research',
    plan: 'business',
    agents: [
      { agent: 'work', routable: true },
      { agent: 'home', routable: true },
    ],
    retired: ['openai-codex:default'],
    routability: {
      routable: true,
      hint: "OpenClaw's default model is openai/gpt-5, which does not use it (no_model): openclaw models set openai-codex/<model>.",
    },
  }),
  'one-step-left': successPage({ ...plain, routability: { routable: false, ...outranked } }),
  'gateway-stale': successPage({
    ...plain,
    gateway: 'stale',
    gatewayHint: staleHint,
    routability: { routable: true, hint: staleHint },
  }),
  'three-steps-left': successPage({
    ...plain,
    gateway: 'stale',
    gatewayHint: staleHint,
    routability: { routable: false, reason: outranked.reason, hint: `${outranked.hint} ${staleHint}` },
    agents: [
      { agent: 'work', routable: true },
      {
        agent: 'home',
        routable: false,
        reason: 'store_unchanged',
        hint: 'its store cannot be written. Sign in once more, or for this agent alone: codex-login --agent home.',
      },
    ],
  }),
  'longest-names': successPage({
    ...plain,
    email: LONGEST_EMAIL,
    plan: HOSTILE,
    workspace: 'W'.repeat(120),
    profileId: longProfileId,
    store: LONGEST_PATH,
    retired: [longProfileId, `${longProfileId}-${plain.accountId}`],
    gateway: 'stale',
    gatewayHint: staleHint,
    routability: {
      routable: false,
      reason: 'a_reason_without_any_place_to_break_it_'.repeat(4),
      hint: `Put it first: codex-login order set ${longProfileId}. ${staleHint}`,
    },
    agents: Array.from({ length: 12 }, (_, index) => ({
      agent: `agent-${'long'.repeat(index * 2)}-${index}`,
      routable: index % 2 === 0,
      reason: 'excluded_by_auth_order',
      hint: `Put it first: codex-login order set ${longProfileId}.`,
    })),
  }),
  'right-to-left-names': successPage({
    ...plain,
    email: RIGHT_TO_LEFT_EMAIL,
    workspace: 'חברה לדוגמה (בע״מ)',
    profileId: `openai-codex:${RIGHT_TO_LEFT_EMAIL}`,
    store: '/home/مستخدم/תיקייה/auth-profiles.json',
    agents: [
      { agent: 'وكيل', routable: true },
      { agent: 'סוכן-2', routable: true },
    ],
  }),
  denied: failurePage({
    code: 'ERR_ACCESS_DENIED',
    summary: 'The sign-in was refused.',
    hint: 'Run the command again and choose "allow" to sign in. Nothing was stored.',
  }),
  'token-endpoint': failurePage({
    code: 'ERR_TOKEN_ENDPOINT',
    summary: `The token endpoint answered 500 server_error "${'Something is broken. '.repeat(14).trim()}" (request req_${'0123456789abcdef'.repeat(4)}).`,
    hint: 'Run the command again; if it stays, check --issuer and what stands between. Nothing was stored.',
  }),
  uncertain: failurePage({
    code: 'ERR_STORE_IO',
    outcome: 'unknown',
    summary: `The credential is stored, and its place in the order is not yet: the second file could not be written (ENOSPC): ${LONGEST_PATH}.`,
    hint: 'Look at the state of the disk, then run the command again, or codex-login doctor --fix: it completes what was begun.',
  }),
  'pasted-meanwhile': finishedElsewherePage({ way: 'paste', success: plain }),
  'device-refused-meanwhile': finishedElsewherePage({
    way: 'device',
    failure: {
      code: 'ERR_ACCESS_DENIED',
      summary: 'The sign-in was refused.',
      hint: 'Run the command again and choose "allow" to sign in. Nothing was stored.',
    },
  }),
  'device-meanwhile': finishedElsewherePage({ way: 'device' }),
  'nothing-happened': strayPage(404),
};
