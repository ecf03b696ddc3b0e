/** What the person's yes comes to, by whichever way it came. Secret, all of it. */

import type { EpochMs } from '../words/ports.ts';
import type { CodeRequest } from './token-request.ts';
import type { TokenResponse } from './token-response.ts';

export type Authorized =
  /** A code, from the browser's callback, a paste or OpenAI's device flow, and the request that it answers. */
  | {
      readonly kind: 'code';
      readonly code: string;
      readonly request: CodeRequest;
      /** The client that it was issued to, where the answer says so. */
      readonly clientId?: string;
    }
  /** RFC 8628 §3.5: the tokens themselves. @see accessTokenExpiry for `requestedAt` */
  | { readonly kind: 'tokens'; readonly tokens: TokenResponse; readonly requestedAt: EpochMs };
