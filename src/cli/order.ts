/** `codex-login order get | set | clear`: which profiles are tried, and in which order, for one agent. */

import { openCredentialStore } from '../agents/credential-store.ts';
import { providerNamed } from '../provider/providers.ts';
import { select } from '../resolver.ts';
import { clearOrder, setOrder, storedOrder } from '../store/edits/order.ts';
import type { ProfileStore } from '../store/profile-store.ts';
import { systemClock } from '../system.ts';
import type { OrderResult } from '../words/events.ts';
import { foreignText } from '../words/redact.ts';
import { placeIn, usageError } from './arguments.ts';
import type { Invocation } from './commands.ts';

/** An id is one line, whatever is in it. */
const LONGEST_ID = 1_000;

export async function run({ options, positionals, terminal, signal }: Invocation): Promise<number> {
  const [action, ...ids] = positionals;
  if (action !== 'get' && action !== 'set' && action !== 'clear')
    throw usageError('"order" knows get, set and clear.', 'Example: codex-login order get');
  if (action === 'set' && ids.length === 0)
    throw usageError(
      '"order set" needs at least one profile id.',
      'See codex-login status for the ids; codex-login order clear for the default order.',
    );
  if (action !== 'set' && ids.length > 0)
    throw usageError(`"order ${action}" takes no profile id.`, `Usage: codex-login order ${action}`);

  const opened = await openCredentialStore({
    ...placeIn(options),
    provider: providerNamed(options.provider).id,
  });
  const { provider } = opened;
  if (action !== 'get') await change(opened.store, provider, action === 'set' ? ids : undefined, signal);
  const { selection } = await select(opened);
  const { state } = await opened.store.read();
  await opened.store.close();
  const order = storedOrder(state, provider);

  if (terminal.json) {
    const result: OrderResult = {
      v: 1,
      type: 'result',
      time: new Date(systemClock.now()).toISOString(),
      ok: true,
      provider,
      store: opened.store.info.location,
      stored: order !== undefined,
      order: order ?? [...selection.candidates],
      orderSource: selection.orderSource,
    };
    terminal.line(result);
    return 0;
  }
  if (order !== undefined) terminal.answer(order.map((id) => foreignText(id, LONGEST_ID)).join('\n'));
  else if (selection.candidates.length === 0)
    terminal.say(`No order is stored for ${provider}, and no profile that could be used.`);
  else
    terminal.say(
      `No order is stored for ${provider}. Tried now, by ${reasonFor(selection.orderSource)}:\n  ${selection.candidates.join('\n  ')}`,
    );
  return 0;
}

async function change(
  store: ProfileStore,
  provider: string,
  ids: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  await store.commit(
    (state) => ({
      write: true,
      next: ids === undefined ? clearOrder(state, provider) : setOrder(state, provider, ids).next,
      result: undefined,
    }),
    { signal },
  );
}

function reasonFor(source: OrderResult['orderSource']): string {
  if (source === 'auth.order' || source === 'auth.profiles') return `${source} of openclaw.json`;
  return 'the default order (every stored profile)';
}
