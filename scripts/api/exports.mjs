// The public names of a door, each with its declaration and its docstring, out of the .d.ts files of a build.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

/**
 * @typedef {object} Exported
 * @property {string} name
 * @property {string} doc the docstring without its stars; empty where there is none
 * @property {string} text the declaration, with the docstrings of its members
 * @property {'class' | 'function' | 'interface' | 'type' | 'value'} kind
 * @property {string} file the .d.ts file that declares it
 */

/** @param {string} file an absolute path to a .d.ts file @returns {Exported[]} in the order of that file */
export function exportsOf(file) {
  const { body, text, comments } = read(file);
  return body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return [];
    if (statement.declaration) return declared(statement, { file, text, comments });
    return statement.specifiers.map(({ local, exported }) => {
      const from = statement.source
        ? resolveModule(file, statement.source.value)
        : importOf(local.name, file, body);
      const found = (from ? exportsOf(from) : locals(file)).find(({ name }) => name === local.name);
      if (found === undefined) throw new Error(`${file} exports ${exported.name}, and nobody declares it.`);
      return { ...found, name: exported.name };
    });
  });
}

/**
 * Our own types that a declaration uses, exported by a door or not.
 * @param {Exported} one @returns {Exported[]}
 */
export function usedBy({ file, name, text }) {
  const { body } = read(file);
  const words = new Set(text.replace(/\/\*[\s\S]*?\*\//g, '').match(/\b[A-Z]\w+\b/g));
  return [...words].flatMap((word) => {
    if (word === name) return [];
    const own = locals(file)
      .concat(exportsHere(file))
      .find((one) => one.name === word);
    if (own) return [own];
    const from = importOf(word, file, body);
    if (from === undefined) return [];
    return exportsOf(from).filter((one) => one.name === word);
  });
}

/** What a file declares and exports in one statement. */
function exportsHere(file) {
  const { body, text, comments } = read(file);
  return body.flatMap((statement) =>
    statement.type === 'ExportNamedDeclaration' && statement.declaration
      ? declared(statement, { file, text, comments })
      : [],
  );
}

/** What a file declares without exporting it in the same statement. */
function locals(file) {
  const { body, text, comments } = read(file);
  return body
    .filter(({ type }) => type in KINDS)
    .flatMap((statement) =>
      declared(
        { declaration: statement, start: statement.start, end: statement.end },
        { file, text, comments },
      ),
    );
}

function importOf(name, file, body) {
  const found = body.find(
    (one) => one.type === 'ImportDeclaration' && one.specifiers.some(({ local }) => local.name === name),
  );
  return found?.source.value.startsWith('.') ? resolveModule(file, found.source.value) : undefined;
}

const resolveModule = (file, specifier) => resolve(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts'));

const KINDS = {
  ClassDeclaration: 'class',
  FunctionDeclaration: 'function',
  TSDeclareFunction: 'function',
  TSInterfaceDeclaration: 'interface',
  TSTypeAliasDeclaration: 'type',
  VariableDeclaration: 'value',
};

function declared(statement, { file, text, comments }) {
  const { declaration } = statement;
  const kind = KINDS[declaration.type];
  if (kind === undefined) return [];
  const names =
    declaration.type === 'VariableDeclaration'
      ? declaration.declarations.map(({ id }) => id.name)
      : [declaration.id.name];
  const doc = docBefore(statement.start, text, comments);
  return names.map((name) => ({ name, kind, file, doc, text: text.slice(statement.start, statement.end) }));
}

/** The comment that ends where the statement begins; the file's own is none. */
function docBefore(start, text, comments) {
  const comment = comments.findLast(({ end }) => end <= start && text.slice(end, start).trim() === '');
  if (comment?.type !== 'Block' || !comment.value.startsWith('*')) return '';
  return comment.value
    .split('\n')
    .map((line) => line.replace(/^\s*\*+ ?/, '').trimEnd())
    .join('\n')
    .trim();
}

const seen = new Map();
function read(file) {
  if (!seen.has(file)) {
    const text = readFileSync(file, 'utf8');
    const { program, comments, errors } = parseSync(file, text);
    if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
    seen.set(file, { body: program.body, text, comments });
  }
  return seen.get(file);
}
