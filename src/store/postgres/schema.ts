/**
 * The tables of a store in PostgreSQL, and who may do what with them, as data: one entry for every version that there was. What is
 * published is never edited; a newer version is a further entry. `migration` applies them.
 */

/** What this version of the program works with. */
export const SCHEMA_VERSION = 1;

export const ROLES = ['codex_login_owner', 'codex_login_writer', 'codex_login_reader'] as const;

/** Columns that a reader may see: everything but refresh tokens. */
export const READER_COLUMNS = [
  'store',
  'id',
  'position',
  'revision',
  'type',
  'provider',
  'account_id',
  'email',
  'gen',
  'expires_at',
  'access_sealed',
  'dead_code',
  'dead_at',
  'dead_of',
  'claim_id',
  'claim_by',
  'claim_until',
  'claim_attempt',
];

const FIRST = `
CREATE TABLE codex_login.schema_version (version integer NOT NULL);
INSERT INTO codex_login.schema_version VALUES (1);

CREATE TABLE codex_login.store (
  k text PRIMARY KEY,
  version bigint NOT NULL DEFAULT 0,
  -- What a state holds beside profiles, order and lastGood; sealed, NULL where there is nothing.
  rest_sealed bytea
);

CREATE TABLE codex_login.credential (
  store text NOT NULL REFERENCES codex_login.store (k),
  id text NOT NULL,
  -- The profiles of a store have a sequence.
  position integer NOT NULL,
  -- Grows with every change of the row: what a compare-and-swap compares.
  revision bigint NOT NULL DEFAULT 1,
  type text,
  provider text,
  account_id text,
  email text,
  gen integer,
  -- A keyed hash of the refresh token.
  fingerprint bytea,
  expires_at timestamptz,
  access_sealed bytea NOT NULL,
  refresh_sealed bytea,
  dead_code text,
  dead_at timestamptz,
  dead_of text,
  claim_id text,
  claim_by text,
  claim_until timestamptz,
  claim_attempt integer,
  PRIMARY KEY (store, id)
  -- Room for a claim beside every row: it changes no index, and stays on its page.
) WITH (fillfactor = 80);

-- One refresh token, one holder, in the whole database.
CREATE UNIQUE INDEX credential_one_holder ON codex_login.credential (fingerprint);

CREATE TABLE codex_login.routing (
  store text NOT NULL REFERENCES codex_login.store (k),
  provider text NOT NULL,
  position integer NOT NULL,
  ord text[],
  last_good text,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (store, provider)
);
`;

/** From version n to n + 1 at index n. */
export const MIGRATIONS: readonly string[] = [FIRST];

/** A group each, which nobody is by logging in: a person's own role is made a member of one. */
export function roleStatement(role: string): string {
  return `DO $$ BEGIN CREATE ROLE ${role} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`;
}

export const GRANTS = `
GRANT USAGE ON SCHEMA codex_login TO codex_login_writer, codex_login_reader;
GRANT SELECT ON codex_login.schema_version, codex_login.store, codex_login.routing
  TO codex_login_writer, codex_login_reader;
GRANT INSERT, UPDATE, DELETE ON codex_login.store, codex_login.routing TO codex_login_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON codex_login.credential TO codex_login_writer;
GRANT SELECT (${READER_COLUMNS.join(', ')}) ON codex_login.credential TO codex_login_reader;
`;
