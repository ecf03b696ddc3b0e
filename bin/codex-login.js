#!/usr/bin/env node
// The launcher. In the published package it goes straight to the build. In a checkout it has the build made first, where there
// is none or it is older than the sources, because `npx .` installs and builds nothing by itself. stdout stays clean.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const preparation = new URL('../scripts/prepare-checkout.mjs', import.meta.url);
if (existsSync(fileURLToPath(preparation))) {
  const { prepareCheckout } = await import(preparation.href);
  await prepareCheckout(fileURLToPath(new URL('..', import.meta.url)));
}
await import(new URL('../dist/src/cli/bin.js', import.meta.url).href);
