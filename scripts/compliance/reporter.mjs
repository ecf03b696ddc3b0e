// Hears a run of the tests, and writes docs/compliance.md from it or compares the two.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { compliancePage, timeless } from './page.mjs';
import { idsIn, isEvidence } from './requirements.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = fileURLToPath(new URL('../../docs/compliance.md', import.meta.url));
const toName = (path) => relative(root, path).split(sep).join('/');

/** The test files that name an id. */
export function filesWithIds() {
  return readdirSync(`${root}/test`, { recursive: true })
    .map((name) => `test/${String(name).split(sep).join('/')}`)
    .filter((file) => file.endsWith('.test.ts') && isEvidence(file))
    .filter((file) => idsIn(readFileSync(`${root}/${file}`, 'utf8')).length > 0)
    .sort();
}

/** What is wrong with the page, or undefined. */
export function outOfDate(committed, fresh) {
  if (timeless(committed) === timeless(fresh)) return undefined;
  const [before, now] = [committed, fresh].map((text) => new Set(timeless(text).split('\n')));
  const lines = [
    ...[...before].filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...[...now].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
  ];
  return [
    'docs/compliance.md is not what this run shows: `npm run compliance` writes it.',
    ...lines.slice(0, 12),
  ].join('\n');
}

export class ComplianceReporter {
  /** @param {{ write?: boolean }} options */
  constructor({ write = false } = {}) {
    this.write = write;
    /** What the closing line counts as one failure more. */
    this.fault = undefined;
  }

  onInit(vitest) {
    this.isPart = vitest.config.testNamePattern !== undefined;
  }

  /** Only a run of every file that names an id says something about the page. */
  onTestRunEnd(modules) {
    const ran = new Set(modules.map(({ moduleId }) => toName(moduleId)));
    if (this.isPart || !filesWithIds().every((file) => ran.has(file))) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()].map(toRan));
    // A requirement that failed has said so already, and is nothing to write a page from.
    if (tests.some((test) => test.state === 'failed' && isShown(test))) return;
    const fresh = compliancePage(
      tests,
      `${new Date().toISOString().slice(0, 10)}, Node.js ${process.versions.node}, ${process.platform}`,
    );
    if (this.write) return writeFileSync(page, fresh);
    this.fault = outOfDate(readFileSync(page, 'utf8'), fresh);
    if (this.fault === undefined) return;
    process.exitCode = 1;
    if (isWhole(tests)) this.fault += offerPage(fresh);
    process.once('exit', () => process.stdout.write(`\n${this.fault}\n`));
  }
}

const isShown = ({ file, name }) => isEvidence(file) && idsIn(name).length > 0;

/** Whether every test that names an id was run: of another machine's gaps no page is made. */
const isWhole = (tests) => tests.every((test) => test.state === 'passed' || !isShown(test));

/** Where nobody but a person looks, the page is written at once: the run that it would take has just been. */
function offerPage(fresh) {
  if (process.env.CI) return '';
  writeFileSync(page, fresh);
  return '\nIt was written anew from this run: look at the difference, and commit it.';
}

function toRan(test) {
  const result = test.result();
  return {
    file: toName(test.module.moduleId),
    line: test.location?.line ?? 0,
    name: test.fullName,
    state: result.state,
    ...(result.state === 'skipped' && result.note ? { why: result.note } : {}),
  };
}
