/** The mock as a bench for clients: its journal says by which rule a request was refused, and what its lineage shows. */

/** What the journal shows that no single request does: the rule's name and its number. */
export const READ_FROM_JOURNAL = {
  'code-exchanged-once': ({ tokens }) =>
    tokens.some(({ label, uses }) => label.startsWith('code#') && exchangesOf(uses) > 1) && 'R-7636-5',
  'metadata-issuer-checked': ({ entries }) =>
    entries.some(({ scenarios = [] }) => scenarios.includes('discovery-other-issuer')) &&
    entries.some(({ kind }) => kind !== 'discovery') &&
    'R-8414-1',
  'refresh-token-revoked-first': ({ entries }) =>
    entries.some(({ kind, parameters }) => kind === 'revocation' && !/^refresh#/.test(parameters.token)) &&
    'R-7009-1',
};
const exchangesOf = (uses) => uses.filter(({ kind }) => kind === 'code-exchange').length;

/**
 * @param {Pick<typeof import('../../../mocks/index.ts'), 'startAuthorizationServer' | 'findLeaks'>} mock its module
 * @param {{ lenient?: import('../../../mocks/index.ts').Strictness[] }} options of the server
 */
export const mockBench = ({ startAuthorizationServer, findLeaks }, options = {}) => ({
  async open({ fault }) {
    const server = await startAuthorizationServer({ ...options, clock: 'virtual' });
    if (fault !== undefined) server.scenario(fault);
    const world = {
      issuer: server.issuer,
      clientId: server.clientId,
      redirectUri: 'http://localhost:1455/auth/callback',
      extras: {},
      visit: callbackOf,
      approve: () => undefined,
      now: () => server.clock.now() / 1000,
      sleep: async (ms) => server.clock.advance(ms),
    };
    const findings = ({ log, argv }) => {
      const { entries } = server.journal;
      const refused = entries.filter(({ rule }) => rule !== undefined);
      const seen = { entries, tokens: server.journal.tokens() };
      const leaks = findLeaks(server, { argv, texts: { log: log.join('\n') } });
      return [
        ...refused.map(({ strictness, rule }) => ({ rule: strictness, source: rule })),
        ...Object.entries(READ_FROM_JOURNAL).flatMap(([rule, look]) => {
          const source = look(seen);
          return source === false ? [] : [{ rule, source }];
        }),
        ...(leaks.length > 0 ? [{ rule: 'no-secret-shown', source: 'R-9700-3' }] : []),
      ];
    };
    return { world, findings, close: () => server.close() };
  },
});

/** A person who is signed in already: one redirect. An error page leads nowhere. */
async function callbackOf(url) {
  const response = await fetch(url, { redirect: 'manual' });
  return response.headers.get('location') ?? undefined;
}
