// What the standards ask, line by line (test/standards.json), and where an id is looked for.

import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Requirement
 * @property {string} id the name that tests carry, e.g. `R-7636-2`
 * @property {string} source the RFC and its section
 * @property {string} asks
 * @property {string} [note] what has to be known beside the tests
 * @property {string} [exception] why no test can show it
 */

/** @type {{ title: string, requirements: Requirement[] }[]} */
export const STANDARDS = JSON.parse(
  readFileSync(new URL('../../test/standards.json', import.meta.url), 'utf8'),
);

export const REQUIREMENTS = STANDARDS.flatMap(({ requirements }) => requirements);

/** Every id in a text, each once. Nothing else in this repository is written like one. */
export function idsIn(text) {
  return [...new Set(text.match(/\b(?:R-(?:[A-Z]+(?:-\d+)?|\d+-\d+)|S-\d+)\b/g) ?? [])];
}

/** Tests of the program. Those of the mock name the ids too, but show what the mock refuses. */
export const isEvidence = (file) => !/^test\/(?:mocks|interop|types|laws|support)\//.test(file);
