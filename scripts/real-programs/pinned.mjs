// Which programs are compared, at which versions. Data; how one is driven is `programs.mjs`'s business.

import { readFileSync } from 'node:fs';

const own = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** In the order of the table's columns. `folder` is where one is installed, under the cache. */
export const PINNED = [
  { name: own.name, version: own.version, folder: 'codex-login' },
  { name: '@openai/codex', version: '0.169.0', folder: 'codex' },
  { name: '@mariozechner/pi-ai', version: '0.73.1', folder: 'pi' },
  { name: 'openclaw', version: '2026.4.5', folder: 'openclaw-2026.4.5' },
  { name: 'openclaw', version: '2026.9.6', folder: 'openclaw-2026.9.6' },
];

/** Whose store is asked for a key beside the others (`npm run soak -- peers`); it signs in with the `pi` of the table. */
export const PI_AGENT = {
  name: '@mariozechner/pi-coding-agent',
  version: '0.73.1',
  folder: 'pi-coding-agent',
};

/** What runs those that are written in JavaScript: older ones know no proxy. */
export const NODE = `node-${process.platform}-${process.arch}@24`;

/** The head of a column. */
export const titleOf = ({ name, version }) => `${name}@${version}`;
