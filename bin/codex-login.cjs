#!/usr/bin/env node
// The launcher. In the published package it goes straight to the build. In a checkout it has the build made first, where there
// is none or it is older than the sources, because `npx .` installs and builds nothing by itself. stdout stays clean.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const preparation = join(root, 'scripts/prepare-checkout.mjs');
const start = () => require('./compiled.cjs').load(join(root, 'dist/src/cli'), 'bin.cjs');

if (existsSync(preparation)) {
  const { pathToFileURL } = require('node:url');
  import(pathToFileURL(preparation).href)
    .then(({ prepareCheckout }) => prepareCheckout(join(root, '/')))
    .then(start);
} else start();
