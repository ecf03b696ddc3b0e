import { expect, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import type { authorizeScenarios } from '../../mocks/scenarios/authorize.ts';
import { authorize } from './client.ts';

type Name = keyof typeof authorizeScenarios;
type Answer = Awaited<ReturnType<typeof authorize>> & { issuer: string };

const states = ({ query }: Answer) => query.getAll('state');
const error = ({ query }: Answer) => [query.get('error'), query.get('code')];

const checks: Record<Name, (answer: Answer) => void> = {
  'access-denied': (answer) => {
    expect(error(answer)).toEqual(['access_denied', null]);
    expect(states(answer)).toEqual([answer.state]);
  },
  'entitlement-missing': (answer) => {
    expect(error(answer)).toEqual(['access_denied', null]);
    expect(answer.query.get('error_description')).toContain('missing_codex_entitlement');
  },
  'invalid-scope': (answer) => expect(error(answer)).toEqual(['invalid_scope', null]),
  'state-missing': (answer) => {
    expect(states(answer)).toEqual([]);
    expect(answer.code).not.toBe('');
  },
  'state-wrong': (answer) => {
    expect(states(answer)[0]).toMatch(/^[\w-]{43}$/);
    expect(states(answer)).not.toEqual([answer.state]);
  },
  'state-doubled': (answer) => expect(states(answer)).toEqual([answer.state, answer.state]),
  'state-suffixed': (answer) =>
    expect(states(answer)).toEqual([`${answer.state}.onboarding_entrypoint=life_sciences`]),
  'state-suffixed-unknown': (answer) => {
    expect(states(answer)[0]?.startsWith(`${answer.state}.`)).toBe(true);
    expect(states(answer)[0]).not.toContain('life_sciences');
  },
  'iss-wrong': ({ query }) => expect(query.get('iss')).toBe('https://issuer.example'),
  'iss-present': ({ query, issuer }) => expect(query.get('iss')).toBe(issuer),
  'error-without-state': (answer) => {
    expect(error(answer)).toEqual(['access_denied', null]);
    expect(states(answer)).toEqual([]);
  },
  'error-description-escapes': (answer) => {
    const description = answer.query.get('error_description') ?? '';
    for (const part of ['\u001b[31m', '\u001b]8;;', '\u0007', '\u009b', '\u202e', '<script>', '\r\n']) {
      expect(description).toContain(part);
    }
    expect(description.length).toBeGreaterThan(2000);
    expect(states(answer)).toEqual([answer.state]);
  },
  'tokens-in-front-channel': (answer) => {
    expect(answer.query.get('access_token')).not.toBeNull();
    expect(answer.code).not.toBe('');
    expect(states(answer)).toEqual([answer.state]);
  },
};

test.each(Object.keys(checks) as Name[])('%s', async (name) => {
  await using server = await startAuthorizationServer();
  server.scenario(name);
  const answer = { ...(await authorize(server)), issuer: server.issuer };
  expect(answer.response.status).toBe(302);
  checks[name](answer);
  const next = await authorize(server);
  expect([...next.query.keys()]).toEqual(['code', 'scope', 'state']);
});

test('a scenario is met by the answer of the sign-in page, not by its showing', async () => {
  await using server = await startAuthorizationServer({ approve: 'page', scenario: 'access-denied' });
  const { response } = await authorize(server);
  const handle = /request_handle" value="([^"]+)/.exec(await response.text())?.[1] ?? '';
  const body = new URLSearchParams({ request_handle: handle, decision: 'allow', account: '0' });
  const decided = await fetch(`${server.issuer}/oauth/authorize`, {
    method: 'POST',
    body,
    redirect: 'manual',
  });
  expect(decided.headers.get('location')).toContain('error=access_denied');
});

test('a token in the front channel is a secret like any other', async () => {
  await using server = await startAuthorizationServer({ scenario: 'tokens-in-front-channel' });
  const { query } = await authorize(server);
  expect(server.journal.secrets()).toContain(query.get('access_token'));
});
