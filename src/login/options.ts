/** What an embedder may pass to `login()`, and what stands in for what is left out. */

import { type CredentialStore, openCredentialStore } from '../agents/credential-store.ts';
import type { Follower, ReloadGateway } from '../agents/follow-login.ts';
import { type Network, openNetwork } from '../network/index.ts';
import { openaiCodex } from '../provider/openai-codex.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import type { ProfileStore } from '../store/profile-store.ts';
import type { RoutingConfiguration } from '../store/selection.ts';
import { systemClock, systemOpenUrl, systemRandomBytes } from '../system.ts';
import { LoginError } from '../words/errors.ts';
import type { LoginEvent } from '../words/events.ts';
import type { Clock, Fetch, OpenUrl, PasteInput, RandomBytes } from '../words/ports.ts';
import { forWorkspaces, workspacesIn } from './workspace.ts';

/** What `login()` may be told. Everything has a default. */
export interface LoginOptions {
  /** Whom to sign in with. Default: `openaiCodex`. */
  provider?: ProviderProfile | undefined;
  /** Where the credential goes. Default: the store of OpenClaw's main agent, found as OpenClaw finds it. */
  store?: ProfileStore | undefined;
  /**
   * What OpenClaw's own configuration says about routing; asked when the login is stored, and once while the person signs in.
   * Default: nothing, with a store of your own.
   */
  configuration?: (() => Promise<RoutingConfiguration | undefined>) | undefined;
  /**
   * The other agents of the same OpenClaw, asked for when the login is stored, and once while the person signs in: their stores are
   * only read then. Default: none, with a store of your own.
   */
  followers?: (() => Promise<readonly Follower[]>) | undefined;
  /** Makes a running gateway read again, while the store is locked. Default: nothing, with a store of your own. */
  gateway?: ReloadGateway | undefined;
  /** Hears what happens, in order. What it throws is ignored. */
  onEvent?: ((event: LoginEvent) => void) | undefined;
  /** Stops the login at any step up to the commit: nothing is stored then. Later it ends what is still waited for. All that was opened is closed. */
  signal?: AbortSignal | undefined;
  /**
   * Opens the authorization URL; `false`: nothing is opened, the URL is an event. Default: the person's browser, which gets a
   * one-time loopback address that leads there, because arguments of a program can be seen by everybody.
   */
  openUrl?: OpenUrl | false | undefined;
  /**
   * Where the person can paste the address that the browser ended at, beside the callback; with it a login goes on although no
   * callback port can be had. Default: nowhere.
   */
  paste?: PasteInput | undefined;
  /**
   * Also sign in with a code that the person enters on another device (RFC 8628, or OpenAI's own flow). No browser is opened
   * then unless `openUrl` is given. Default: false.
   */
  device?: boolean | undefined;
  /** How long a person may take, in milliseconds; Infinity: no limit. Default: 600,000. */
  timeoutMs?: number | undefined;
  /** How long the token endpoint may take, in milliseconds; Infinity: no limit. Default: 30,000. */
  exchangeTimeoutMs?: number | undefined;
  /** Store under this id instead of `<provider>:<e-mail>`. */
  profileId?: string | undefined;
  /** With `profileId`: replace another account that has this id. */
  replace?: boolean | undefined;
  /** The id of the workspace to sign in to, or several with commas between them; another one is refused. */
  workspace?: string | undefined;
  /** Make the order just this profile, which shuts every other one out. */
  only?: boolean | undefined;
  clock?: Clock | undefined;
  /** How servers are reached: proxy and certificates. Default: as the environment says (`openNetwork()`). */
  network?: Network | undefined;
  /** Sends every request instead; the way to the server is then not looked at beforehand. */
  fetch?: Fetch | undefined;
  randomBytes?: RandomBytes | undefined;
}

/** The same with everything decided. */
export interface LoginSettings {
  /** Under the name that the store knows it by. */
  readonly provider: ProviderProfile;
  /** Closes what was opened here. */
  readonly close: () => Promise<void>;
  readonly store: ProfileStore;
  readonly configuration: () => Promise<RoutingConfiguration | undefined>;
  readonly followers: (() => Promise<readonly Follower[]>) | undefined;
  readonly gateway: ReloadGateway | undefined;
  readonly onEvent: (event: LoginEvent) => void;
  readonly signal: AbortSignal;
  readonly openUrl: OpenUrl | false;
  readonly paste: PasteInput | undefined;
  readonly device: boolean;
  readonly timeoutMs: number;
  readonly exchangeTimeoutMs: number;
  readonly profileId: string | undefined;
  readonly replace: boolean;
  readonly only: boolean;
  /** Where the account has to be; undefined: anywhere. */
  readonly workspaces: readonly string[] | undefined;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Whether the way to a server is open; missing where the caller's own fetch is used. */
  readonly preflight: Network['preflight'] | undefined;
  readonly randomBytes: RandomBytes;
}

/** @throws LoginError `ERR_USAGE` where a limit is none; StoreError where no store is given and OpenClaw's cannot be written */
export async function withDefaults(options: LoginOptions): Promise<LoginSettings> {
  const { timeoutMs = 600_000, exchangeTimeoutMs = 30_000 } = options;
  demandLimit('timeoutMs', timeoutMs);
  demandLimit('exchangeTimeoutMs', exchangeTimeoutMs);
  const workspaces = options.workspace === undefined ? undefined : workspacesIn(options.workspace);
  const asked = options.provider ?? openaiCodex;
  const provider = workspaces === undefined ? asked : forWorkspaces(asked, workspaces);
  const clock = options.clock ?? systemClock;
  const opened: CredentialStore = options.store
    ? {
        store: options.store,
        provider: provider.id,
        configuration: options.configuration ?? (async () => undefined),
      }
    : await openCredentialStore({ provider: provider.id, clock });
  const { store, configuration } = opened;
  const network = options.network ?? (await openNetwork({ clock }));
  return {
    provider: { ...provider, id: opened.provider },
    close: async () => {
      // A store of the caller's own stays open: it is the caller's.
      if (options.store === undefined) await store.close();
      if (options.network === undefined) await network.close();
    },
    store,
    configuration,
    followers: options.followers ?? opened.followers,
    gateway: options.gateway ?? opened.gateway,
    clock,
    onEvent: options.onEvent ?? (() => undefined),
    signal: options.signal ?? new AbortController().signal,
    openUrl: options.openUrl ?? (options.device ? false : systemOpenUrl),
    paste: options.paste,
    device: options.device ?? false,
    timeoutMs,
    exchangeTimeoutMs,
    profileId: options.profileId,
    replace: options.replace ?? false,
    only: options.only ?? false,
    workspaces,
    fetch: options.fetch ?? network.fetch,
    preflight: options.fetch === undefined ? network.preflight : undefined,
    randomBytes: options.randomBytes ?? systemRandomBytes,
  };
}

/** NaN would end a wait at once, and so would a string that a caller forgot to read. */
function demandLimit(name: string, ms: number): void {
  if (typeof ms === 'number' && ms >= 0) return;
  throw new LoginError('ERR_USAGE', {
    summary: `${name} is no duration: ${String(ms).slice(0, 40)}.`,
    hint: 'Give milliseconds, 0 or more; Infinity means no limit.',
  });
}
