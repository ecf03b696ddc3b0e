/**
 * A correction of `auth.profiles` in `openclaw.json`, with every comment and blank where it was: only the words that are wrong
 * change. It finds the file that says it, included ones too, and makes the new text; whoever asks writes it.
 */

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { parseJson5 } from './configuration-file.ts';

export interface Correction {
  readonly profileId: string;
  readonly mode?: string;
  readonly provider?: string;
}

export interface ConfigurationEdit {
  /** The file that says it: `openclaw.json`, or one that it includes. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** What changes, and from what. */
  readonly changes: readonly { profileId: string; field: string; from: unknown; to: string }[];
}

const DEEPEST_INCLUDE = 10;

/**
 * The edits that make these corrections, one per file.
 * @returns `byHand`: the profiles whose entry cannot be edited safely, with the file to look at
 */
export async function editConfiguration(
  path: string,
  corrections: readonly Correction[],
): Promise<{ edits: ConfigurationEdit[]; byHand: { profileId: string; path: string }[] }> {
  const edits = new Map<string, ConfigurationEdit>();
  const byHand: { profileId: string; path: string }[] = [];
  for (const correction of corrections) {
    const { profileId } = correction;
    const file = await findEntry(path, ['auth', 'profiles', profileId]).catch(() => undefined);
    const before = file && (edits.get(file.path)?.after ?? file.text);
    const edit =
      file && before !== undefined && (await edited(before, file.keys, correction).catch(() => undefined));
    if (!edit) {
      byHand.push({ profileId, path: file?.path ?? path });
      continue;
    }
    const earlier = edits.get(file.path);
    edits.set(file.path, {
      path: file.path,
      before: earlier?.before ?? file.text,
      after: edit.after,
      changes: [...(earlier?.changes ?? []), ...edit.changes],
    });
  }
  return { edits: [...edits.values()], byHand };
}

interface Entry {
  readonly path: string;
  readonly text: string;
  /** Where the entry is within that file. */
  readonly keys: readonly string[];
}

/** The file whose word counts: what a file says itself comes before what it includes, and of these the last one first. */
async function findEntry(path: string, keys: readonly string[], depth = 0): Promise<Entry | undefined> {
  if (depth > DEEPEST_INCLUDE) return undefined;
  const text = readFileSync(path, 'utf8');
  let value: unknown = await parseJson5(text);
  const included: { path: string; keys: readonly string[] }[] = [];
  for (const [index, key] of [...keys, undefined].entries()) {
    if (typeof value !== 'object' || value === null) break;
    const { $include } = value as { $include?: unknown };
    for (const file of [$include].flat())
      if (typeof file === 'string')
        included.push({ path: resolve(dirname(path), file), keys: keys.slice(index) });
    if (key === undefined) {
      const said = Object.keys(value).some((name) => name !== '$include');
      if (said || included.length === 0) return { path, text, keys };
    } else value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  for (const one of included.reverse()) {
    const found = await findEntry(one.path, one.keys, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** The text with the correction made, proven to differ from the old one in nothing else. */
async function edited(
  before: string,
  keys: readonly string[],
  { profileId, ...fields }: Correction,
): Promise<Pick<ConfigurationEdit, 'after' | 'changes'> | undefined> {
  const { JsonObjectNode, JsonParser } = await import('@croct/json5-parser');
  const root = JsonParser.parse(before, JsonObjectNode);
  const entry = keys.reduce((node, key) => node.get(key, JsonObjectNode), root);
  const wanted = await parseJson5(before);
  const expected = keys.reduce(
    (node, key) => node[key] as Record<string, unknown>,
    wanted as Record<string, unknown>,
  );
  const changes = Object.entries(fields).map(([field, to]) => ({
    profileId,
    field,
    from: expected[field],
    to,
  }));
  for (const [field, to] of Object.entries(fields)) {
    entry.set(field, to);
    expected[field] = to;
  }
  const after = root.toString();
  return isDeepStrictEqual(await parseJson5(after), wanted) ? { after, changes } : undefined;
}
