/** The program: argv in, exit status out. */

import { main } from './main.ts';

process.exitCode = await main(process.argv.slice(2));
