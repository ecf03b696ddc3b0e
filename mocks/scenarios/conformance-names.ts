/**
 * What conformance suites call the same faults: the OpenID Foundation's modules for relying parties (`oidcc-client-test-…`) and the
 * Model Context Protocol's scenarios for clients (`auth/…`). Names only; the scenarios are this mock's own.
 */

import type { ScenarioName } from './table.ts';

/** Their name, and the scenario that it stands for; `server.scenario` takes either. */
export const conformanceNames = {
  'oidcc-client-test-invalid-iss': 'id-token-wrong-issuer',
  'oidcc-client-test-invalid-aud': 'id-token-wrong-audience',
  'oidcc-client-test-missing-aud': 'id-token-no-audience',
  'oidcc-client-test-missing-iat': 'id-token-no-issued-at',
  'oidcc-client-test-missing-sub': 'id-token-no-subject',
  'oidcc-client-test-nonce-invalid': 'id-token-wrong-nonce',
  'oidcc-client-test-idtoken-sig-none': 'id-token-alg-none',
  'oidcc-client-test-invalid-sig-rs256': 'id-token-bad-signature',
  'oidcc-client-test-invalid-sig-hs256': 'id-token-hs256',
  'oidcc-client-test-kid-absent-single-jwks': 'id-token-no-kid',
  'oidcc-client-test-kid-absent-multiple-jwks': 'id-token-no-kid-two-keys',
  'oidcc-client-test-signing-key-rotation-just-before-signing': 'jwks-rotated',
  'oidcc-client-test-discovery-issuer-mismatch': 'discovery-other-issuer',
  'oidcc-client-test-userinfo-invalid-sub': 'userinfo-other-subject',
  'auth/iss-supported': 'discovery-iss',
  'auth/iss-supported-missing': 'iss-missing',
  'auth/iss-wrong-issuer': 'iss-wrong-promised',
  'auth/iss-unexpected': 'iss-wrong',
  'auth/issuer-mismatch': 'discovery-other-issuer',
  'auth/pkce-no-s256-support': 'discovery-no-pkce',
} as const satisfies Readonly<Record<string, ScenarioName>>;

/** The name of a conformance suite. */
export type ConformanceName = keyof typeof conformanceNames;
