// docs/compliance.md from a run of the tests, and what in it depends on the run alone.

import { mutations } from '../mutations.mjs';
import { idsIn, isEvidence, REQUIREMENTS, STANDARDS } from './requirements.mjs';

/**
 * One test of a run.
 * @typedef {{ file: string, line: number, name: string, state: 'passed' | 'failed' | 'skipped', why?: string }} Ran
 */

/** @param {readonly Ran[]} tests of the whole suite @param {string} run when and with what it ran, in one line */
export function compliancePage(tests, run) {
  const shown = showing(tests);
  const parts = STANDARDS.map(({ title, requirements }) => {
    const rows = requirements.map(({ id, source, asks }) => {
      const tried = shown.get(id) ?? [];
      return `| [${id}](#${anchor(id)}) | ${source} | ${asks} | ${verdict(tried)} | ${isBroken(id, tests) ? 'yes' : '**no**'} |`;
    });
    return `### ${title}\n\n| id | source | what it asks | result | broken on purpose |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  const lists = REQUIREMENTS.map((requirement) => listOf(requirement, shown.get(requirement.id) ?? []));
  return `${INTRODUCTION}\nRun: ${run}\n\n## Requirements\n\n${parts.join('\n')}\n## Tests\n\n${lists.join('\n')}`;
}

/** The page without what two runs of the same tests may differ in: day and machine, and what this one could not run. */
export function timeless(page) {
  return page
    .replace(/^Run: .*$/m, 'Run:')
    .replace(/ \| (?:passed|\*\*[^|]+\*\*)((?:, [^|]+)?) \| (yes|\*\*no\*\*) \|$/gm, ' | … | $2 |')
    .replace(/^- (?:passed|failed|skipped(?: \([^)]*\))?): /gm, '- ');
}

/** Per id its tests, one for each place in a file: the rows of a table share one. */
function showing(tests) {
  const places = new Map();
  for (const test of tests.filter(({ file }) => isEvidence(file))) {
    for (const id of idsIn(test.name)) {
      const key = `${id} ${test.file}:${test.line}`;
      const place = places.get(key) ?? { id, ...test, states: [] };
      place.states.push(test.state);
      place.why ??= test.why;
      places.set(key, place);
    }
  }
  const shown = new Map();
  for (const place of [...places.values()].sort(byPlace))
    shown.set(place.id, [...(shown.get(place.id) ?? []), place]);
  return shown;
}

const byPlace = (one, other) =>
  one.file === other.file ? one.line - other.line : one.file < other.file ? -1 : 1;

function stateOf({ states }) {
  if (states.includes('failed')) return 'failed';
  return states.includes('passed') ? 'passed' : 'skipped';
}

function verdict(tried) {
  if (tried.length === 0) return '**no test**';
  const states = tried.map(stateOf);
  if (states.includes('failed')) return '**failed**';
  if (!states.includes('passed')) return '**not run here**';
  return states.includes('skipped') ? 'passed, some not run here' : 'passed';
}

function listOf({ id, asks, note, exception }, tried) {
  const files = [...new Set(tried.map(({ file }) => file))].map((file) => {
    const lines = tried
      .filter((test) => test.file === file)
      .map((test) => `- ${stateText(test)}: ${sentence(test)}`);
    return `\`${file}\`\n\n${lines.join('\n')}\n`;
  });
  const reasons = [note, exception && `No test shows it: ${exception}`]
    .filter(Boolean)
    .map((text) => `${text}\n`);
  return [`### ${id}\n\n${asks}\n`, ...reasons, ...files].join('\n');
}

const stateText = (test) =>
  stateOf(test) === 'skipped' && test.why ? `skipped (${test.why.replaceAll(/[()]/g, '')})` : stateOf(test);

/** The test's own words, without the id, and without markup of theirs. */
function sentence({ name, states }) {
  const said = name
    .replaceAll(/\s*\((?:[RS]-[\w-]+(?:, )?)+\)/g, '')
    .replaceAll(/\b[RS]-[A-Z\d]+(?:-\d+)?\s+/g, '')
    .replaceAll(' > ', ' › ');
  return `${said.replaceAll(/[\\`*_<>[\]|]/g, '\\$&')}${states.length > 1 ? ' *(one of several)*' : ''}`;
}

/** Whether the code is changed so that a test of this id turns red (`npm run mutate`). */
function isBroken(id, tests) {
  return mutations.some(([, , , file, words]) =>
    tests.some(
      (test) =>
        isEvidence(file) &&
        test.file === file &&
        idsIn(test.name).includes(id) &&
        test.name.replaceAll(' > ', ' ').includes(words),
    ),
  );
}

/** As GitHub makes it of a heading. */
const anchor = (id) => id.toLowerCase();

const INTRODUCTION = `# What the standards ask, and the test that shows it

Written by \`npm run compliance\` from a run of the tests: do not edit it. A test carries the id of what it shows in its name. The run of
the whole suite compares this page with what it has just run, and fails where the two differ in anything but day, machine and what
could not run there. *Broken on purpose*: the guard is taken out by \`npm run mutate\`, and a test with this id turns red.
`;
