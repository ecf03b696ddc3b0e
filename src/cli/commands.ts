/**
 * Every command, as data: the parser, the help and the completion read the same table.
 * A command's own file is loaded when it runs.
 */

import type { Command } from './command.ts';
import { CREDENTIAL_COMMANDS } from './commands/credential.ts';
import { FLEET_COMMANDS } from './commands/fleet.ts';
import { TOOL_COMMANDS } from './commands/tools.ts';

export { type Command, EVERYWHERE, type Invocation, TASKS } from './command.ts';

/** What `help` explains beside the commands; the texts are in `topics`, which only the help loads. */
export const TOPIC_NAMES = ['headless', 'exit-codes', 'environment'] as const;
export type TopicName = (typeof TOPIC_NAMES)[number];

export const COMMANDS: readonly Command[] = [...CREDENTIAL_COMMANDS, ...TOOL_COMMANDS, ...FLEET_COMMANDS];
