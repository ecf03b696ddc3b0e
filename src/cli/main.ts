/**
 * From argv to an exit status: finds the command, runs it, and tells every error in the same way.
 * What a command does is in its own file; what it may be given is in `commands`.
 */

import { EXIT_STATUS, LoginError, toLoginError } from '../words/errors.ts';
import { parseArguments } from './arguments.ts';
import { untilInterrupted } from './signals.ts';
import { openTerminal } from './terminal.ts';

/** Runs one command and resolves to its exit status; never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const interruption = untilInterrupted();
  const terminal = openTerminal({
    json: argv.includes('--json'),
    color: !argv.includes('--no-color'),
    onBroken(code) {
      // Whoever closed the pipe has read enough; anything else lost what was asked for.
      if (code !== 'EPIPE') process.exitCode = EXIT_STATUS.ERR_UNEXPECTED;
      interruption.interrupt();
    },
  });
  try {
    const { command, options, positionals, topic } = parseArguments(argv);
    if (!options.version && !options.help)
      return await (await command.load()).run({
        options,
        positionals,
        terminal,
        signal: interruption.signal,
      });
    const { explainTopic, help, version } = await import('./help.ts');
    if (options.version) terminal.answer(version());
    else terminal.answer(await (topic ? explainTopic(topic, terminal) : help(command, terminal)));
    return 0;
  } catch (thrown) {
    const error = toLoginError(thrown);
    terminal.fail(error, { verbose: argv.includes('--verbose') ? error : undefined });
    return interruption.signal.aborted && error instanceof LoginError
      ? error.exitCode
      : (EXIT_STATUS[error.code] ?? 1);
  } finally {
    interruption.forget();
    terminal.close();
  }
}
