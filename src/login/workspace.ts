/**
 * Signing in to one workspace: what the authorization server is asked for, and whether the account that came back is in it. One e-mail
 * can be in several, so the answer is looked at, and not believed.
 */

import type { Identity } from '../oauth/identity.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import { IdentityError, LoginError } from '../words/errors.ts';
import { foreignText } from '../words/redact.ts';

/** One workspace id or several, comma-separated. @throws LoginError `ERR_USAGE` */
export function workspacesIn(text: string): readonly string[] {
  const ids = text.split(',').map((id) => id.trim());
  if (ids.every((id) => /^[\w-]{1,100}$/.test(id))) return ids;
  throw new LoginError('ERR_USAGE', {
    summary: 'A workspace is named by its id, and several by ids with commas between them.',
    hint: 'Example: --workspace 01234567-89ab-cdef-0123-456789abcdef',
  });
}

/** The profile whose authorization request asks for these workspaces. @throws LoginError `ERR_USAGE` where its tokens name none */
export function forWorkspaces(provider: ProviderProfile, ids: readonly string[]): ProviderProfile {
  if (provider.identity.kind !== 'chatgpt') {
    throw new LoginError('ERR_USAGE', {
      summary: `The tokens of ${provider.id} name no workspace, so nobody could tell whether it is the one that was asked for.`,
      hint: 'Leave --workspace out, and choose it when you sign in.',
    });
  }
  return {
    ...provider,
    extraParameters: { ...provider.extraParameters, allowed_workspace_id: ids.join(',') },
  };
}

/** @throws IdentityError `ERR_WORKSPACE_MISMATCH` where the account is in none of them: nothing is stored then */
export function assertWorkspace({ accountId }: Identity, ids: readonly string[] | undefined): void {
  if (ids === undefined || ids.includes(accountId)) return;
  throw new IdentityError('ERR_WORKSPACE_MISMATCH', {
    summary: `You signed in to the workspace ${foreignText(accountId, 100)}, and asked for ${ids.join(' or ')}.`,
    hint: 'Nothing was stored. Run the command again and choose that workspace when you sign in.',
  });
}
