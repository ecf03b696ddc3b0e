// What PostgreSQL says of the statements: by which index it finds the rows, and how large it all is.

import pg from 'pg';

const load = (file) => import(new URL(`../../dist/src/${file}.js`, import.meta.url).href);

async function asked(url, use) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function nodesOf(plan) {
  const index = plan['Index Name'] ? ` by ${plan['Index Name']}` : '';
  const own =
    /Scan/.test(plan['Node Type']) && plan['Relation Name']
      ? [`${plan['Node Type']} of ${plan['Relation Name']}${index}`]
      : [];
  return [...own, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

export const explainAll = {
  size: (url) =>
    asked(url, async (client) => {
      const { rows } = await client.query('SELECT pg_database_size(current_database())::float8 AS bytes');
      return rows[0];
    }),
  plans: (url, storeKey) =>
    asked(url, async (client) => {
      const { readProfile, readStore, updateCredential, LOCK_STORE } =
        await load('store/postgres/statements');
      const { profileIdOf } = await import('./fleet.mjs');
      const id = profileIdOf(Number(storeKey.split('-')[1]) * 100);
      const statements = [
        ['one profile read', readProfile(true), [storeKey, id]],
        ['a whole store read', readStore(true), [storeKey]],
        ['claim', updateCredential(['claim_id']), [storeKey, id, '1', 'x']],
        [
          'settlement',
          updateCredential(['access_sealed', 'refresh_sealed', 'fingerprint']),
          [storeKey, id, '1', Buffer.alloc(1), Buffer.alloc(1), Buffer.alloc(32)],
        ],
        ['the lock of a login', LOCK_STORE, [storeKey]],
      ];
      const plans = [];
      for (const [what, text, values] of statements) {
        await client.query('BEGIN');
        // Once before, so that what is looked at is there.
        await client.query(text, values);
        const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, values);
        await client.query('ROLLBACK');
        const { Plan: plan } = rows[0]['QUERY PLAN'][0];
        plans.push({
          what,
          nodes: nodesOf(plan),
          pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
        });
      }
      return plans;
    }),
};
