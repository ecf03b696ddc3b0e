import fc from 'fast-check';
import { describe, expect } from 'vitest';

import { parseAuthProfiles } from '../../src/store/parse.ts';
import { type RoutingConfiguration, selectProfiles } from '../../src/store/selection.ts';
import { provider, type RealFunctions, test } from './openclaw.ts';
import { auth, soundStore, store } from './stores.ts';

interface Situation {
  /** The main agent's store, as text. */
  main: string;
  /** Another agent's own store. */
  agent?: string | undefined;
  auth: RoutingConfiguration;
}

/** Candidates, and why each id is one or not, by our rules and by OpenClaw's. */
async function compare(real: RealFunctions, { main, agent, auth }: Situation) {
  const inherited = parseAuthProfiles(main, 'main');
  const { candidates, verdicts } = selectProfiles({
    state: agent === undefined ? inherited : parseAuthProfiles(agent, 'agent'),
    provider,
    configuration: agent === undefined ? auth : { ...auth, inherited },
    now: Date.now(),
  });
  const ids = verdicts.map(({ profileId }) => profileId);
  const { order, reasons } = (await real.ask('order', { main, agent, cfg: { auth }, ids })) as {
    order: string[];
    reasons: string[];
  };
  // Ours has one more word: a profile that is good, and in no list.
  const reason = (index: number) => {
    const own = verdicts[index]?.reason;
    return own === 'excluded_by_auth_order' && reasons[index] === 'ok' ? 'ok' : own;
  };
  return {
    ours: { candidates, reasons: ids.map((id, index) => [id, reason(index)]) },
    theirs: { candidates: order, reasons: ids.map((id, index) => [id, reasons[index]]) },
  };
}

const text = store.map((content) => JSON.stringify(content));
const soundText = soundStore.map((content) => JSON.stringify(content));

async function expectAgreement(real: RealFunctions, situations: fc.Arbitrary<Situation>, numRuns: number) {
  await fc.assert(
    fc.asyncProperty(situations, async (situation) => {
      const { ours, theirs } = await compare(real, situation);
      expect(ours).toEqual(theirs);
    }),
    { numRuns, seed: 63_856 },
  );
}

describe('our selection and the resolver of OpenClaw 2026.4.5', () => {
  test('agree on stores as OpenClaw itself writes them', async ({ openclaw }) => {
    await expectAgreement(await openclaw.functions(), fc.record({ main: soundText, auth }), 500);
  });

  test('agree on an agent with such a store of its own beside main', async ({ openclaw }) => {
    const situations = fc.record({ main: soundText, agent: soundText, auth });
    await expectAgreement(await openclaw.functions(), situations, 300);
  });

  test('agree on stores that were edited by hand', async ({ openclaw }) => {
    await expectAgreement(await openclaw.functions(), fc.record({ main: text, auth }), 1000);
  });

  test('agree on an agent with such a store of its own', async ({ openclaw }) => {
    const situations = fc.record({ main: text, agent: text, auth });
    await expectAgreement(await openclaw.functions(), situations, 500);
  });
});

const oauth = { type: 'oauth', provider, access: 'secret' };
const key = (more: object) => ({ x: { type: 'api_key', provider, ...more } });
const reference = { source: 'env', provider: 'default', id: 'NAME' };
const expectX = { profiles: { x: { provider, mode: 'oauth' } } };

/** What the properties found once, one example each. */
const examples: [string, object, RoutingConfiguration?, object?][] = [
  ['a reference that names no source', { profiles: key({ keyRef: {} }) }],
  ['a reference in lower case', { profiles: key({ keyRef: `$${'{name}'}` }) }],
  ['a reference with blanks around it', { profiles: key({ keyRef: ` $${'{NAME}'} ` }) }],
  ['a reference where the key itself belongs', { profiles: key({ key: reference }) }],
  [
    'a reference where the token itself belongs',
    { profiles: { x: { type: 'token', provider, token: reference } } },
  ],
  ['a key that is null, beside apiKey', { profiles: key({ key: null, apiKey: 'secret' }) }],
  ['a type that is null, beside mode', { profiles: { x: { ...oauth, type: null, mode: 'oauth' } } }],
  [
    'auth.profiles naming an entry that nobody can read',
    { profiles: { x: { provider }, y: oauth } },
    expectX,
  ],
  [
    'two spellings of the provider, the first with an empty order',
    { profiles: { x: oauth, y: oauth }, order: { 'OpenAI-Codex': [], [provider]: ['y'] } },
  ],
  [
    "an agent's entry that nobody can read over one of main",
    { profiles: { x: oauth } },
    {},
    { profiles: { x: 1 } },
  ],
  [
    "an agent's empty order over one of main",
    { profiles: { x: oauth, y: oauth }, order: { [provider]: ['y'] } },
    {},
    { profiles: {}, order: { [provider]: [] } },
  ],
];

describe('our selection and the resolver of OpenClaw 2026.4.5 agree on', () => {
  for (const [what, main, auth = {}, agent] of examples)
    test(what, async ({ openclaw }) => {
      const { ours, theirs } = await compare(await openclaw.functions(), {
        main: JSON.stringify(main),
        auth,
        ...(agent === undefined ? {} : { agent: JSON.stringify(agent) }),
      });
      expect(ours).toEqual(theirs);
    });
});
