import { expect, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import * as client from './client.ts';

test('where an account lives is told to whom the access token belongs, and to nobody else', async () => {
  await using server = await startAuthorizationServer();
  const ask = (token: unknown) =>
    fetch(`${server.issuer}/backend-api/wham/accounts/check`, {
      headers: { authorization: `Bearer ${token}` },
    });
  const tokens = await client.signIn(server);
  const told = await ask(tokens.access_token);
  expect(await told.json()).toEqual({
    accounts: [
      {
        id: '6f2c1a58-3d0e-4b7a-9c41-0d5e8a7b1f20',
        workspace_backend_origin: 'https://chatgpt.com',
        account_routing_override: 'NO_CONSTRAINT',
      },
    ],
  });
  expect((await ask('never-issued')).status).toBe(401);
  expect(server.journal.entries.at(-1)).toMatchObject({ strictness: 'access-token-live' });
});
