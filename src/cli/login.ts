/** `codex-login login`: the options become a login's settings, the events become lines. */

import { openCredentialStore } from '../agents/credential-store.ts';
import { login } from '../login.ts';
import { openNetwork } from '../network/index.ts';
import { overrideProvider } from '../provider/overrides.ts';
import type { ProviderProfile } from '../provider/provider.ts';
import { providerNamed } from '../provider/providers.ts';
import { sharedLogin } from '../shared-login.ts';
import {
  sparePeakMemory,
  systemClock,
  systemEnvironment,
  systemOpenUrlAnyway,
  systemPipe,
  systemSurroundings,
} from '../system.ts';
import { EXIT_STATUS } from '../words/errors.ts';
import type { OpenUrl } from '../words/ports.ts';
import { placeIn, usageError, wholeNumber } from './arguments.ts';
import type { Invocation } from './command.ts';
import { isInForeground } from './echo.ts';
import type { Options } from './options.ts';
import { isTerminal } from './output.ts';
import type { PastePrompt } from './paste-prompt.ts';
import { showProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** How long a person may take, in seconds, unless `--timeout` says otherwise. */
const DEFAULT_TIMEOUT_SECONDS = 600;

export async function run(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  if (options.demo) {
    const { runDemo } = await import('./demo.ts');
    return runDemo(invocation);
  }
  if (options.browser && options['no-browser'])
    throw usageError('--browser and --no-browser exclude each other.', 'Leave one of the two out.');
  if (options.replace && options['profile-id'] === undefined) {
    throw usageError(
      '--replace goes with --profile-id.',
      'Name the profile that may be replaced: --profile-id <id>.',
    );
  }
  const provider = overrideProvider(providerNamed(options.provider), {
    issuer: options.issuer,
    clientId: options['client-id'],
    discover: options.discover,
    port: wholeNumber(options, 'port', 0, 65_535),
  });
  const timeoutMs = (wholeNumber(options, 'timeout', 1, 86_400) ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
  const network = await openNetwork({ caFile: options['ca-file'] });
  const opened = await openCredentialStore({
    ...placeIn(options),
    provider: provider.id,
  });
  const { store, configuration, followers, gateway, note } = opened;
  const device = options.device || options.qr || false;
  const paste = options.paste || canAskForPaste(terminal) ? pasteLater(terminal) : undefined;
  const progress = showProgress(terminal, {
    clock: systemClock,
    timeoutMs,
    verbose: options.verbose,
    pastes: paste !== undefined && !options.json,
    device: device || hasDeviceCodes(provider) ? device : 'none',
    qr: options.qr,
    surroundings: systemSurroundings,
    copy: options.copy ? (text) => copyForPerson(text, terminal) : undefined,
  });
  if (note) terminal.say(terminal.colors.dim(`Note: ${note}.`));
  if (provider.experimental !== undefined || provider.unknownToOpenClaw) {
    const { warningsOf } = await import('./provider-warnings.ts');
    for (const warning of warningsOf(provider, store))
      terminal.say(terminal.colors.yellow(`Note: ${warning}`));
  }
  try {
    const signIn = options.alone ? login : sharedLogin;
    const result = await signIn({
      provider: { ...provider, id: opened.provider },
      store,
      configuration,
      followers,
      gateway,
      network,
      paste,
      device,
      ...(options.paste ? { way: 'paste' } : {}),
      timeoutMs,
      signal,
      onEvent(event) {
        progress.onEvent(event);
        // Not earlier: it takes half a millisecond.
        if (event.type === 'authorization_url') sparePeakMemory();
      },
      openUrl: openUrlFor(options),
      profileId: options['profile-id'],
      replace: options.replace,
      only: options.only,
      workspace: options.workspace,
    });
    return result.routable ? 0 : EXIT_STATUS.ERR_NOT_ROUTABLE;
  } finally {
    await progress.end();
    paste?.close();
    await store.close();
    await network.close();
  }
}

/** Its own, or perhaps those of RFC 8628, which only its metadata can tell. */
function hasDeviceCodes({ endpoints }: ProviderProfile): boolean {
  return endpoints.kind === 'discovered' || endpoints.deviceAuthorization !== undefined;
}

/** Whether a person sits at both ends: where a paste may be asked for. */
function canAskForPaste(terminal: Terminal): boolean {
  return !terminal.json && terminal.person && isTerminal(0) && isInForeground();
}

/** Nothing is read before the address is printed, and so nothing is loaded for it. */
function pasteLater(terminal: Terminal): PastePrompt {
  let loading: Promise<PastePrompt> | undefined;
  let opened: PastePrompt | undefined;
  const open = async () => {
    const { openPastePrompt } = await import('./paste-prompt.ts');
    opened = openPastePrompt(terminal, systemClock);
    return opened;
  };
  const prompt = () => {
    loading ??= open();
    return loading;
  };
  return {
    next: async (signal) => (await prompt()).next(signal),
    refuse: (sentence) => opened?.refuse(sentence),
    confirm: async (question, signal) => (await prompt()).confirm(question, signal),
    close: () => opened?.close(),
  };
}

/** Undefined: the login's own choice, which looks at where the person sits. */
function openUrlFor(options: Options): OpenUrl | false | undefined {
  if (options['no-browser']) return false;
  return options.browser ? systemOpenUrlAnyway : undefined;
}

/** Says what came of it: a clipboard that stayed empty is worse than none. */
async function copyForPerson(text: string, terminal: Terminal): Promise<void> {
  const { copyText } = await import('./clipboard.ts');
  const place = await systemSurroundings();
  const ports = {
    environment: systemEnvironment,
    platform: process.platform,
    place,
    pipe: systemPipe,
    terminal,
  };
  const outcome = await copyText(text, ports);
  terminal.say(
    terminal.colors.dim(
      outcome.copied === true
        ? `Copied (by ${outcome.by}).`
        : outcome.copied === 'perhaps'
          ? `Copied, if ${outcome.by} allows it.`
          : `Nothing was copied: ${outcome.reason}.`,
    ),
  );
}
