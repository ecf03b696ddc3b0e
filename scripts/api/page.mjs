// docs/api.md: every public name, door by door, with its docstring and its declaration.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { exportsOf, usedBy } from './exports.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The doors, in the order of package.json, with what they are for. */
const WHAT_FOR = {
  '.': 'Sign in, use what is stored, repair it, end it.',
  './store': 'Credential stores without a login. Loads neither express nor openid-client.',
  './testing': 'The mock authorization server, its faults and its stand-in browsers.',
  './testing/vitest': 'The same inside vitest: a fixture and matchers, typed by the import alone.',
};
const KINDS = [
  ['function', 'Functions'],
  ['class', 'Errors'],
  ['value', 'Values'],
  ['interface', 'Shapes'],
  ['type', 'Types'],
];
/** A declaration of more lines is a table, and said to be one. */
const LONGEST = 60;

/** @param {string} [built] a directory with what the package has in dist */
export function doorsOf(built = `${root}dist`) {
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  return Object.entries(exports)
    .filter(([, target]) => target.types)
    .map(([door, { types }]) => ({ door, names: exportsOf(types.replace('./dist', built)) }));
}

/** @param {ReturnType<typeof doorsOf>} doors */
export function apiPage(doors) {
  const anchors = new Anchors();
  const parts = doors.map(({ door, names }) => {
    const fresh = names.filter((one) => !anchors.has(one));
    const known = names.filter((one) => anchors.has(one));
    const groups = KINDS.map(([kind, title]) => ({
      title,
      group: fresh.filter((one) => one.kind === kind),
    })).filter(({ group }) => group.length > 0);
    for (const one of groups.flatMap(({ group }) => group)) anchors.add(one);
    const linkTo = (one) => `[${one.name}](#${anchors.of(one)})`;
    const index = groups.map(({ title, group }) => `- ${title}: ${group.map(linkTo).join(' · ')}`);
    if (known.length > 0) index.push(`- Described above: ${known.map(linkTo).join(' · ')}`);
    const head = [`## ${specifier(door)}\n`, `${WHAT_FOR[door]}\n`, `${index.join('\n')}\n`];
    return [...head, ...groups.flatMap(({ group }) => group.map(entry))].join('\n');
  });
  const beneath = shapesBeneath(doors.flatMap(({ names }) => names));
  return `${INTRODUCTION}\n${parts.join('\n')}\n${BENEATH}\n${beneath.map(entry).join('\n')}`;
}

/** What is used by a public declaration, or by one that is used by it, and cannot be imported itself. */
function shapesBeneath(names) {
  const seen = new Set(names.map(keyOf));
  const queue = [...names];
  const found = [];
  for (let one = queue.shift(); one; one = queue.shift()) {
    if (isTable(one)) continue;
    for (const used of usedBy(one)) {
      if (seen.has(keyOf(used)) || used.kind === 'value') continue;
      seen.add(keyOf(used));
      found.push(used);
      queue.push(used);
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** As GitHub makes them of headings: a second one of the same name has a number. */
class Anchors {
  #taken = new Map();
  #all = new Map();

  has(one) {
    return this.#all.has(keyOf(one));
  }

  of(one) {
    return this.#all.get(keyOf(one));
  }

  add(one) {
    const slug = one.name.toLowerCase();
    const times = this.#taken.get(slug) ?? 0;
    this.#taken.set(slug, times + 1);
    this.#all.set(keyOf(one), times === 0 ? slug : `${slug}-${times}`);
  }
}

const specifier = (door) => `codex-login${door.slice(1)}`;
const keyOf = ({ name, file, text }) => `${file} ${name} ${text}`;
const isTable = ({ text }) => text.split('\n').length > LONGEST;

function entry({ name, doc, text }) {
  return `### ${name}\n\n${paragraphs(doc)}\n\`\`\`ts\n${declaration(text)}\n\`\`\`\n`;
}

/** The docstring as paragraphs: the sentence, then what its tags say. */
function paragraphs(doc) {
  const [said = '', ...tags] = doc.split(/(?:^|\s)@(?=(?:returns|throws|param)\b)/);
  const lines = tags.map((tag) => {
    const [, kind = '', rest = ''] = /^(\w+)\s+([\s\S]*)$/.exec(tag.trim()) ?? [];
    const text = rest.replace(/\s*\n\s*/g, ' ');
    if (kind === 'param') return `- \`${text.split(' ')[0]}\`: ${text.split(' ').slice(1).join(' ')}`;
    return `- ${kind === 'returns' ? 'Returns' : 'Throws'} ${text}`;
  });
  return `${said.trim()}\n${lines.length === 0 ? '' : `\n${lines.join('\n')}\n`}`;
}

function declaration(text) {
  const lines = text
    .replace(/^export (?:declare )?/, '')
    .split('\n')
    .map((line) => line.replace(/^( {4})+/, (indent) => ' '.repeat(indent.length / 2)));
  if (lines.length <= LONGEST) return lines.join('\n');
  const names = lines.flatMap((line) => /^ {2}(?:readonly )?['"]?([\w-]+)['"]?: \{?/.exec(line)?.[1] ?? []);
  return `${lines[0]}\n  // ${names.length} of them: ${names.slice(0, 3).join(', ')}, …\n}`;
}

const BENEATH = `## Shapes beneath

Used by the above, and without a name of their own outside: TypeScript infers them.
`;

const INTRODUCTION = `# API reference

Written by \`npm run docs\` from the docstrings in the code: do not edit it; a test compares. [embed.md](embed.md) and [testing.md](testing.md) show
the same in use. Times are milliseconds since the epoch, durations end in \`Ms\`. What is not on this page is nobody's to import.
`;
