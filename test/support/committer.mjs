// A process that makes one login's commit and says how it ended, as a line of JSON:
// `node committer.mjs <dist/src/store> <file> <account> [before|after] [call] [SIGKILL|SIGSTOP]`. The signal hits it right there.

import { pathToFileURL } from 'node:url';

import { commitAccount } from './store-scenarios.mjs';
import { lineOf, traceFileSystem } from './traced-file-system.mjs';

const [folder, path, account, moment, at, signal] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(`${folder}/${file}.js`).href);
const { openFileStore, recordLogin } = await load('index');
const { nodeFileSystem } = await load('file/file-system');

const strike = (call) => {
  if (call.index !== Number(at)) return;
  process.kill(process.pid, signal);
  // Nothing more happens between the signal and its effect.
  while (signal === 'SIGKILL');
};
const { fileSystem, calls } = traceFileSystem(nodeFileSystem, {
  ...(moment === 'before' ? { before: strike } : {}),
  ...(moment === 'after' ? { after: strike } : {}),
});
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
try {
  await commitAccount(openFileStore(path, { fileSystem }), recordLogin, account);
  tell({ acknowledged: account, calls: calls.map(lineOf) });
} catch (error) {
  tell({ code: error.code, message: error.message, outcome: error.outcome, calls: calls.map(lineOf) });
}
