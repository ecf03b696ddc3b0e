/** The program: argv in, exit status out. */

import { main } from './main.ts';

// An answer that could not be written has set a status already.
main(process.argv.slice(2)).then((status) => {
  process.exitCode ||= status;
});
