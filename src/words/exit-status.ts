/** Every error code with the exit status that it ends a command with. Codes are never reused for another meaning. */

/**
 * Stable code → exit status of the command line (docs: `codex-login --help`, "Exit codes").
 * Codes are never reused for another meaning.
 */
export const EXIT_STATUS = {
  ERR_UNEXPECTED: 1,
  ERR_USAGE: 2,
  ERR_ACCESS_DENIED: 3,
  ERR_ENTITLEMENT_MISSING: 3,
  ERR_AUTHORIZATION_FAILED: 3,
  ERR_DEVICE_CODE_DISABLED: 3,
  ERR_TIMED_OUT: 4,
  ERR_DEVICE_CODE_EXPIRED: 4,
  ERR_NO_CALLBACK_PORT: 5,
  ERR_NETWORK: 6,
  ERR_DISCOVERY: 6,
  ERR_TOKEN_ENDPOINT: 6,
  ERR_TOKEN_TIMED_OUT: 6,
  ERR_REGION_UNSUPPORTED: 6,
  ERR_REFRESH_PENDING: 6,
  ERR_NOT_REVOKED: 6,
  ERR_STORE_CORRUPT: 7,
  ERR_STORE_LOCKED: 7,
  ERR_STORE_GENERATION: 7,
  ERR_STORE_IO: 7,
  ERR_STORE_UNREACHABLE: 7,
  ERR_STORE_DENIED: 7,
  ERR_STORE_SCHEMA: 7,
  ERR_STORE_KEY: 7,
  ERR_STORE_CONFLICT: 7,
  ERR_STORE_DRIVER: 7,
  ERR_SECOND_REFRESHER: 7,
  ERR_ISSUER_MISMATCH: 8,
  ERR_CLIENT_MISMATCH: 8,
  ERR_ID_TOKEN_INVALID: 8,
  ERR_ACCOUNT_MISSING: 8,
  ERR_WORKSPACE_MISMATCH: 8,
  ERR_NOT_ROUTABLE: 9,
  ERR_NO_CREDENTIAL: 9,
  ERR_REFRESH_REFUSED: 9,
  ERR_REFRESH_ELSEWHERE: 9,
  ERR_ABORTED: 130,
  ERR_TERMINATED: 143,
} as const;

/** A stable code, by which errors are told apart; docs/errors.md has a paragraph for each. */
export type ErrorCode = keyof typeof EXIT_STATUS;
