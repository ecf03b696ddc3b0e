/** The versions of OpenClaw and Codex that are tried for real, and what differs between them. */

/** The version of openclaw #63856, which the measured rules of the store are about. */
export const SEED = '2026.4.5';

/** At least one of each generation: A, B, C, D, D. */
export const VERSIONS = [SEED, '2026.5.28', '2026.6.11', '2026.8.2', '2026.9.6'] as const;

/** The Codex that the wire was measured with. */
export const CODEX_VERSION = '0.169.0';

/** How a configuration names the provider, and the way it talks to it. */
export function namesOf(version: string): { provider: string; api: string } {
  return version < '2026.6'
    ? { provider: 'openai-codex', api: 'openai-codex-responses' }
    : { provider: 'openai', api: 'openai-chatgpt-responses' };
}
