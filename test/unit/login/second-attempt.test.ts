import { expect, onTestFinished, test } from 'vitest';

import { createUserAgent, startAuthorizationServer } from '../../../mocks/index.ts';
import { login } from '../../../src/login.ts';
import { openaiCodex } from '../../../src/provider/openai-codex.ts';
import { overrideProvider } from '../../../src/provider/overrides.ts';
import { openMemoryStore } from '../../../src/store/memory-store.ts';
import { freePort } from '../network/ways.ts';

test('R-6749-4 a sign-in is not lost where the token endpoint refuses the connection once: the second attempt is the first that it sees', async () => {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  let refused = 0;
  const nobody = await freePort();
  const { routable } = await login({
    provider: overrideProvider(openaiCodex, { issuer: server.issuer, port: 0 }),
    store: openMemoryStore(),
    openUrl: createUserAgent().openUrl,
    fetch: async (url, init) => {
      if (String(url).endsWith('/oauth/token') && refused === 0) {
        refused += 1;
        return fetch(`http://127.0.0.1:${nobody}/oauth/token`, init);
      }
      return fetch(url, init);
    },
  });
  expect([routable, refused]).toEqual([true, 1]);
  expect(server.journal.entries.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
});
