/** What a request to the remote control says: query or JSON, as text and numbers. It decides what is readable, not what is meant. */

import type { IncomingMessage } from 'node:http';

import type { AccountChoice } from '../grants/accounts.ts';
import { ControlError } from './guard.ts';

const LARGEST = 4 * 1024 * 1024;

/** The members of a query or of a JSON object. */
export interface ControlArguments {
  value(name: string): unknown;
  /** @throws ControlError where it is missing or no text */
  text(name: string): string;
  optionalText(name: string): string | undefined;
  /** A whole number from 0. */
  count(name: string, byDefault: number): number;
  choice(): AccountChoice;
}

/** @throws ControlError for a body that is no JSON object, or too large */
export async function readArguments(request: IncomingMessage): Promise<ControlArguments> {
  const members =
    request.method === 'POST'
      ? await readJson(request)
      : Object.fromEntries(new URL(request.url ?? '/', 'http://control').searchParams);
  const value = (name: string) => (Object.hasOwn(members, name) ? members[name] : undefined);

  function optionalText(name: string): string | undefined {
    const found = value(name);
    if (found === undefined || typeof found === 'string') return found;
    throw new ControlError(400, `${name} must be text.`);
  }

  return {
    value,
    optionalText,
    text(name) {
      const found = optionalText(name);
      if (found === undefined) throw new ControlError(400, `${name} is missing.`);
      return found;
    },
    count(name, byDefault) {
      const found = value(name);
      const number = found === undefined ? byDefault : Number(found);
      if (Number.isInteger(number) && number >= 0) return number;
      throw new ControlError(400, `${name} must be a whole number.`);
    },
    choice() {
      const account = optionalText('account');
      const workspace = optionalText('workspace');
      return {
        ...(account === undefined ? {} : { account }),
        ...(workspace === undefined ? {} : { workspace }),
      };
    },
  };
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    // Read to its end all the same: an answer to half a request is lost.
    if (text.length <= LARGEST) text += chunk;
  }
  if (text.length > LARGEST) throw new ControlError(413, 'That is too much.');
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new ControlError(400, 'The body must be a JSON object.');
}
