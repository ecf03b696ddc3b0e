/** Version numbers as OpenClaw and npm write them, compared by their three numbers. Pure. */

/** Whether `version` is `first` or later. What is not a version counts as 0.0.0. */
export function isAtLeast(version: string, first: readonly [number, number, number]): boolean {
  return compare(numbersOf(version), first) >= 0;
}

/** Whether a version is within a range of `engines` (`>=24.16.0 <25 || >=26.1.0`). A part in another notation lets it pass. */
export function inRange(version: string, range: string): boolean {
  const own = numbersOf(version);
  return range.split('||').some((part) =>
    part
      .replace(/([<>=^~])\s+/g, '$1')
      .trim()
      .split(/\s+/)
      .every((comparator) => {
        const [, operator = '=', bound = ''] =
          /^(>=|<=|>|<|=|\^)?\s*v?(\d+(?:\.\d+){0,2})$/.exec(comparator) ?? [];
        if (bound === '') return true;
        const difference = compare(own, numbersOf(bound));
        if (operator === '>=') return difference >= 0;
        if (operator === '<=') return difference <= 0;
        if (operator === '>') return difference > 0;
        if (operator === '<') return difference < 0;
        if (operator === '^') return difference >= 0 && own[0] === numbersOf(bound)[0];
        return bound.split('.').every((number, index) => own[index] === Number(number));
      }),
  );
}

function numbersOf(version: string): [number, number, number] {
  const [, major = 0, minor = 0, patch = 0] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
