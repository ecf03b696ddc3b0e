import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { contentSecurityPolicy } from '../../../src/loopback/headers.ts';
import { STYLE, STYLE_HASH } from '../../../src/loopback/page-style.ts';
import {
  failurePage,
  finishedElsewherePage,
  type SuccessFacts,
  strayPage,
  successPage,
} from '../../../src/loopback/pages.ts';
import { LoginError, StoreError } from '../../../src/words/errors.ts';
import { gallery } from '../../browser/page-gallery.ts';
import { type ParsedPage, parsePage } from '../../support/parsed-page.ts';

const facts: SuccessFacts = {
  providerName: 'ChatGPT',
  email: 'robin@example.com',
  plan: 'plus',
  profileId: 'openai-codex:robin@example.com',
  store: '/home/robin/auth-profiles.json',
  routability: { routable: true },
};
const denied = new LoginError('ERR_ACCESS_DENIED', {
  summary: 'The sign-in was refused.',
  hint: 'Run the command again and choose "allow" to sign in. Nothing was stored.',
});
const stale =
  'A gateway is running and may still use the old credential (it did not answer). Run: openclaw secrets reload';

const success = (more: Partial<SuccessFacts> = {}) => parsePage(successPage({ ...facts, ...more }).html);
const titleOf = (page: ParsedPage) => page.all('title')[0];

describe('the page of a login that is stored', () => {
  test('says who, which profile, which store, and that it will be used', () => {
    const page = success({ accountId: 'acc-1', workspace: 'Example Research' });
    expect(titleOf(page)).toBe('Signed in to ChatGPT · codex-login');
    expect(page.told('Account')).toBe(
      'robin@example.com, plus planWorkspace Example ResearchAccount id acc-1',
    );
    expect(page.told('Profile')).toBe(facts.profileId);
    expect(page.told('Stored in')).toBe(facts.store);
    expect(page.told('Will be used')).toMatch(/^Yes, by OpenClaw/);
    expect(page.text).toContain('Nothing else is left to do. You can close this tab');
    expect(page.told('Gateway')).toBeUndefined();
    expect(page.told('Other agents')).toBeUndefined();
  });

  test('says nothing of an account that it does not know', () => {
    const { email: _, plan: __, ...rest } = facts;
    expect(parsePage(successPage(rest).html).told('Account')).toBeUndefined();
  });

  test('names what it replaced', () => {
    expect(success({ retired: ['openai-codex:default', 'openai-codex:old'] }).told('Profile')).toBe(
      `${facts.profileId}Replaces openai-codex:default, openai-codex:old: the same account, stored earlier.`,
    );
  });

  test('does not promise what OpenClaw would not do: the reason, and the remedy first', () => {
    const hint = `Put it first: codex-login order set ${facts.profileId}.`;
    const page = success({ routability: { routable: false, reason: 'excluded_by_auth_order', hint } });
    expect(titleOf(page)).toBe('Signed in, one step left · codex-login');
    expect(page.told('Will be used')).toBe('Not yet: excluded_by_auth_order');
    expect(page.all('section')).toEqual([`What to do next${hint.slice(0, -1)}`]);
    expect(page.all('code')[0]).toBe(`codex-login order set ${facts.profileId}`);
    expect(page.text).not.toContain('is the one that will be used');
    expect(page.text).not.toContain('Nothing else is left');
  });

  test.each([
    ['absent', 'None was found running', 'Signed in to ChatGPT'],
    ['reloaded', 'Running, and it has read this credential', 'Signed in to ChatGPT'],
    ['stale', 'Running, and may still use the earlier credential', 'Signed in, one step left'],
  ] as const)('says what is true of a gateway that is %s', (gateway, says, title) => {
    const hint = gateway === 'stale' ? { hint: stale } : {};
    const page = success({ gateway, routability: { routable: true, ...hint } });
    expect(page.told('Gateway')).toContain(says);
    expect(titleOf(page)).toBe(`${title} · codex-login`);
    expect(page.all('code').includes('openclaw secrets reload')).toBe(gateway === 'stale');
  });

  test('tells the step for a gateway once, and beside it what is worth knowing', () => {
    const known = 'The access token has characters that OpenClaw 2026.4.5 cannot decode.';
    const routability = { routable: true, hint: `${known} ${stale}` } as const;
    const page = success({ gateway: 'stale', gatewayHint: stale, routability });
    expect(page.all('section')).toEqual([`What to do next${stale}`, `Worth knowing${known}`]);
  });

  test('says which agents use it too, which do not, and what to do for each', () => {
    const home = {
      agent: 'home',
      routable: false,
      reason: 'store_unchanged',
      hint: 'Run: codex-login --agent home.',
    };
    const page = success({ agents: [{ agent: 'work', routable: true }, home] });
    expect(titleOf(page)).toBe('Signed in, one step left · codex-login');
    expect(page.told('Other agents')).toBe('Use it too: workNot yet: home (store_unchanged)');
    expect(page.all('section')[0]).toContain('home: Run: codex-login --agent home');
    const all = success({ agents: [{ agent: 'work', routable: true }] });
    expect(titleOf(all)).toBe('Signed in to ChatGPT · codex-login');
    expect(all.told('Other agents')).toBe('Use it too: work');
  });

  test('counts what is left: the profile, the gateway, the agents', () => {
    const page = success({
      gateway: 'stale',
      gatewayHint: stale,
      routability: { routable: false, reason: 'outranked', hint: `Put it first. ${stale}` },
      agents: [{ agent: 'home', routable: false, reason: 'outranked', hint: 'Put it first there.' }],
    });
    expect(titleOf(page)).toBe('Signed in, three steps left · codex-login');
    expect(page.all('ol')).toEqual([
      `Put it first.${stale}These agents do not use it yet:home: Put it first there.`,
    ]);
  });
});

describe('the page of a login that failed', () => {
  test('R-6749-1 says what happened, what to do, the code of the terminal, and that nothing was stored', () => {
    const { status, html } = failurePage(denied);
    const page = parsePage(html);
    expect(status).toBe(400);
    expect(titleOf(page)).toBe('Not signed in · codex-login');
    expect(page.all('p')[0]).toBe(denied.summary);
    expect(page.all('section')).toEqual([
      'What to do nextRun the command again and choose "allow" to sign in.',
    ]);
    expect(page.told('Error code')).toMatch(/^ERR_ACCESS_DENIED/);
    expect(page.told('Stored')).toBe('Nothing; what was stored before is unchanged');
  });

  test.each([
    [
      'a store that will not confirm',
      new StoreError('ERR_STORE_IO', { summary: 'S.', hint: 'H.', store: '/s', outcome: 'unknown' }),
    ],
    ['what nobody expected', new LoginError('ERR_UNEXPECTED', { summary: 'S.', hint: 'H.' })],
  ])('claims neither success nor failure of %s', (_, error) => {
    const page = parsePage(failurePage(error).html);
    expect(titleOf(page)).toBe('Sign-in not confirmed · codex-login');
    expect(page.told('Stored')).toMatch(/^Not certain; codex-login status/);
  });
});

describe('the page for a tab that was not needed', () => {
  test.each([
    ['paste', 'the address that was pasted'],
    ['device', 'a device code'],
  ] as const)('says that the login was finished by %s, and what it came to', (way, words) => {
    const finished = finishedElsewherePage({ way, success: facts });
    const page = parsePage(finished.html);
    expect(finished.status).toBe(200);
    expect(titleOf(page)).toBe('Signed in to ChatGPT · codex-login');
    expect(page.all('p')[0]).toContain(`was finished with ${words}; this tab was not needed for it.`);
    expect(page.told('Profile')).toBe(facts.profileId);

    const failed = finishedElsewherePage({ way, failure: denied });
    expect(failed.status).toBe(400);
    expect(titleOf(parsePage(failed.html))).toBe('Not signed in · codex-login');
    expect(parsePage(failed.html).text).toContain('ERR_ACCESS_DENIED');
  });

  test('claims nothing before it is known how the login ends', () => {
    const page = parsePage(finishedElsewherePage({ way: 'device' }).html);
    expect(titleOf(page)).toBe('Continued another way · codex-login');
    expect(page.text).toContain('How it ends is told where you started it');
    expect(page.text).not.toMatch(/stored|signed in/i);
  });
});

test.each([400, 403, 404, 405, 417, 421] as const)(
  'a stray request (%s) changed nothing, and says so',
  (status) => {
    expect(strayPage(status)).toBe(strayPage(status));
    const page = parsePage(strayPage(status).html);
    expect(strayPage(status).status).toBe(status);
    expect(titleOf(page)).toBe('Nothing happened · codex-login');
    expect(page.text).toContain('Nothing was changed, and a sign-in that is under way goes on.');
  },
);

describe.each(Object.entries(gallery))('the page "%s"', (_, { html }) => {
  const page = parsePage(html);

  test('is one document without script, address or handler, whose one style is the one that the policy lets apply', () => {
    expect(page.errors).toEqual([]);
    expect(page.names.filter((name) => /^(?:script|link|img|iframe|object|form|a|base)$/.test(name))).toEqual(
      [],
    );
    expect(
      page.attributes.filter((attribute) => / (?:on\w+|src\w*|href|style|action|url)=/.test(attribute)),
    ).toEqual([]);
    expect(page.all('style')).toEqual([STYLE]);
    expect(html).not.toMatch(/@import|url\(/);
    expect(STYLE_HASH).toBe(
      `'sha256-${createHash('sha256')
        .update(page.all('style')[0] ?? '')
        .digest('base64')}'`,
    );
    expect(contentSecurityPolicy(STYLE_HASH)).toContain(`style-src ${STYLE_HASH};`);
  });

  test('opens with its outcome, in the title and in the one heading above all others', () => {
    expect(page.attributes.slice(0, 2)).toEqual(['html lang=en', 'html dir=ltr']);
    expect(page.all('h1').map((heading) => `${heading} · codex-login`)).toEqual(page.all('title'));
    expect(page.text.startsWith(page.all('h1')[0] ?? '?')).toBe(true);
    expect(page.names.filter((name) => /^(?:main|header|footer|nav|aside)$/.test(name))).toEqual([
      'main',
      'footer',
    ]);
    expect(page.text).toContain('an close this');
    expect(page.text).not.toMatch(/\bsecure|\bsafe\b|closes itself|will close/i);
  });
});

test('docs/pages.md has every page', () => {
  const document = readFileSync(fileURLToPath(new URL('../../../docs/pages.md', import.meta.url)), 'utf8');
  const titles = Object.values(gallery).flatMap(({ html }) => parsePage(html).all('h1'));
  for (const title of new Set(titles))
    expect(document).toContain(`**${title.replace(/(two|three) steps/, 'one step')}**`);
});
