/** A remedy that is a command of ours is for the store that was looked at: it says so, or it would repair another one. Pure. */

import type { DoctorSettings } from './options.ts';

type Asked = Pick<DoctorSettings, 'agent' | 'store' | 'storeKey'> & { readonly where?: string | undefined };

/** The options that lead to the same store; empty for OpenClaw's main agent. */
export function addressOf({ where = 'openclaw', storeKey, agent, store }: Asked): string {
  if (store !== undefined) return '';
  if (where !== 'openclaw')
    return ` --store ${quoted(where)}${storeKey === undefined ? '' : ` --store-key ${quoted(storeKey)}`}`;
  return agent === undefined ? '' : ` --agent ${quoted(agent)}`;
}

/** The remedy with those options, where it is a command that takes them and has none. */
export function addressed(remedy: string, asked: Asked): string {
  const takesThem = /^codex-login(?: doctor --fix| order set \S.*)?$/.test(remedy);
  return takesThem && !remedy.includes(' --agent ') ? remedy + addressOf(asked) : remedy;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
