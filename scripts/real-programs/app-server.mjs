// Codex's own server for editors (`codex app-server`), driven as an editor drives it: JSON-RPC, one message a line.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const ANSWER_MS = 60_000;

/** @returns `ask(method, params)` for the result, `told(method)` for the next notification of that name, `close()` */
export async function startAppServer(program, { env, cwd }) {
  const child = spawn(program, ['app-server'], { env, cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const heard = [];
  const waiting = new Set();
  createInterface(child.stdout).on('line', (line) => {
    if (!line.startsWith('{')) return;
    heard.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  child.stdin.on('error', () => undefined);
  let id = 0;
  const send = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);

  function hear(what, matches) {
    return new Promise((resolve, reject) => {
      const settle = (act) => {
        clearTimeout(timer);
        waiting.delete(look);
        act();
      };
      const look = () => {
        const index = heard.findIndex(matches);
        if (index !== -1) settle(() => resolve(heard.splice(index, 1)[0]));
      };
      const timer = setTimeout(() => settle(() => reject(new Error(`no ${what}`))), ANSWER_MS);
      ended.then((status) => settle(() => reject(new Error(`it ended with ${status} before ${what}`))));
      waiting.add(look);
      look();
    });
  }

  async function ask(method, params) {
    id += 1;
    const mine = id;
    send({ id: mine, method, ...(params === undefined ? {} : { params }) });
    const { result, error } = await hear(`answer to ${method}`, (message) => message.id === mine);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  await ask('initialize', { clientInfo: { name: 'interop', title: 'Interop', version: '1.0.0' } });
  send({ method: 'initialized' });
  return {
    ask,
    told: async (method) => (await hear(method, (message) => message.method === method)).params,
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
