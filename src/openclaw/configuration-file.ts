/**
 * The text of `openclaw.json` as one value: JSON5, with `$include` (one file or several, merged in their order) followed.
 * It knows the file's form; what it says, `configuration` reads.
 */

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { StoreError } from '../words/errors.ts';

/** OpenClaw's own limit, in files within files. */
const DEEPEST_INCLUDE = 10;

/** @throws StoreError `ERR_STORE_IO`, `ERR_STORE_CORRUPT`, with the file's name and none of its text */
export async function readIncluding(path: string, depth = 0): Promise<unknown> {
  if (depth > DEEPEST_INCLUDE) throw unreadable(path, 'its includes lead too deep');
  return include(await parse(readText(path), path), path, depth);
}

async function include(value: unknown, path: string, depth: number): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((entry) => include(entry, path, depth)));
  if (typeof value !== 'object' || value === null) return value;
  const { $include, ...rest } = value as Record<string, unknown>;
  const own: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(rest)) own[key] = await include(entry, path, depth);
  if ($include === undefined) return own;
  let merged: unknown = {};
  for (const file of [$include].flat()) {
    if (typeof file !== 'string') throw unreadable(path, 'an $include names no file');
    merged = merge(merged, await readIncluding(resolve(dirname(path), file), depth + 1));
  }
  return merge(merged, own);
}

/** Objects are merged, lists joined; of anything else the later one counts. */
function merge(below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above)) return [...below, ...above];
  if (!isRecord(below) || !isRecord(above)) return above;
  const merged = { ...below };
  for (const [key, value] of Object.entries(above))
    merged[key] = key in below ? merge(below[key], value) : value;
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Never waits: a pipe or a device in the file's place is refused. */
function readText(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(path, error instanceof Error && 'code' in error ? String(error.code) : 'unknown');
  }
  try {
    if (!fstatSync(descriptor).isFile()) throw unreadable(path, 'it is no regular file');
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** The value of a text in JSON5. Most are plain JSON: the library is loaded only for one that is not. @throws SyntaxError */
export async function parseJson5(text: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch {
    const { default: JSON5 } = await import('json5');
    return JSON5.parse(text);
  }
}

async function parse(text: string, path: string): Promise<unknown> {
  try {
    return await parseJson5(text);
  } catch {
    throw new StoreError('ERR_STORE_CORRUPT', {
      store: path,
      summary: `OpenClaw's configuration cannot be understood, so where and how it routes is unknown: ${path}.`,
      hint: 'Repair the file (openclaw config validate names the line), or give --store a file of its own.',
    });
  }
}

function unreadable(path: string, why: string): StoreError {
  return new StoreError('ERR_STORE_IO', {
    store: path,
    summary: `OpenClaw's configuration cannot be read (${why}), so where and how it routes is unknown: ${path}.`,
    hint: 'Check the file and who owns it, or give --store a file of its own.',
  });
}
