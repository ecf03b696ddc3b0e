// Writes the tables of docs/testing.md from the mock's own data: `npm run build && node scripts/testing-tables.mjs`. A test compares.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = `${root}docs/testing.md`;

/** @param {{ strictness: object, conformanceNames: object, controlOperations: object }} data */
export function tablesOf({ strictness, conformanceNames, controlOperations }) {
  const code = (text) => `\`${text}\``;
  return {
    matchers: table(
      ['matcher', 'holds when'],
      [...matcherLines()].map(([name, what]) => [code(name), what]),
    ),
    operations: table(
      ['request', 'what it does'],
      Object.entries(controlOperations).map(([name, { what }]) => [code(name), what]),
    ),
    strictness: table(
      ['name', 'rule', 'refused', 'switched off', 'source'],
      Object.entries(strictness).map(([name, { rule, strict, lenient, source }]) => [
        code(name),
        rule,
        strict,
        lenient,
        source,
      ]),
    ),
    conformance: table(
      ['their name', 'the fault'],
      Object.entries(conformanceNames).map((pair) => pair.map(code)),
    ),
  };
}

/** The page with these tables in their places. */
export function withTables(text, tables) {
  return Object.entries(tables).reduce((written, [name, lines]) => {
    const place = new RegExp(`(<!-- ${name}: written[^>]*-->\n)[\\s\\S]*?(<!-- ${name}: end -->)`);
    if (!place.test(written)) throw new Error(`docs/testing.md has no place for ${name}.`);
    return written.replace(place, (_, start, end) => `${start}${lines}${end}`);
  }, text);
}

export const readPage = () => readFileSync(page, 'utf8');

/** From the docstrings of the interface, which is what an editor shows. */
function matcherLines() {
  const source = readFileSync(`${root}mocks/journal/matchers.ts`, 'utf8');
  const [, members = ''] = /interface MockMatchers[^{]*\{([\s\S]*?)\n\}/.exec(source) ?? [];
  return [...members.matchAll(/\/\*\* (.+?) \*\/\n {2}(\w+)\(([^)]*)\)/g)].map(
    ([, what, name, parameters]) => [`${name}(${parameters.replaceAll(/\??: [^,]+/g, '')})`, what],
  );
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [heads, heads.map(() => '---'), ...rows].map(line).join('');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { strictness, conformanceNames } = await import('../dist/mocks/index.js');
  const { controlOperations } = await import('../dist/mocks/control/control.js');
  writeFileSync(page, withTables(readPage(), tablesOf({ strictness, conformanceNames, controlOperations })));
}
