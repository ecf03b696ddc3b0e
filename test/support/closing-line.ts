/** The last lines of a test run: why anything was skipped, then `N passed, N failed, N skipped`. */

import type { Reporter, TestCase, TestModule } from 'vitest/node';

export class ClosingLine implements Reporter {
  readonly #page: { readonly fault: string | undefined };

  /** @param page a document that the run is compared with, by a reporter before this one: out of step, it is one failure */
  constructor(page: { readonly fault: string | undefined } = { fault: undefined }) {
    this.#page = page;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // A module that does not load, or whose hook fails, has no failed test of its own.
    const broken = modules.filter(
      (module) =>
        module.state() === 'failed' &&
        ![...module.children.allTests()].some((test) => test.result().state === 'failed'),
    ).length;
    const reasons = new Set(
      tests.flatMap((test) => {
        const result = test.result();
        return result.state === 'skipped' ? [('note' in result && result.note) || 'no reason was given'] : [];
      }),
    );
    // The default reporter prints its own summary in the same hook: ours comes after it.
    process.once('exit', () => {
      if (reasons.size > 0)
        process.stdout.write(`\nSKIPPED ${count('skipped')}: ${[...reasons].join('; ')}\n`);
      process.stdout.write(
        `${count('passed')} passed, ${count('failed') + broken + (this.#page.fault ? 1 : 0)} failed, ${count('skipped')} skipped\n`,
      );
    });
  }
}
