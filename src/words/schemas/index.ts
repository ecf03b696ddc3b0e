/**
 * What `--json` prints in zod, and the JSON Schema that the package publishes of it. Nothing that runs loads it, and it is in no
 * published file: the build and the tests do. Who reads a line by hand is held against it by a test.
 */

import { z } from 'zod';

import { answers } from './answers.ts';
import { loginEventSchema } from './login.ts';

/** The JSON Schema of one line of `--json` output, as the package publishes it (`codex-login/events.schema.json`). */
export function eventsJsonSchema(): object {
  return {
    title: 'codex-login event',
    ...z.toJSONSchema(z.union([loginEventSchema, ...answers])),
  };
}
