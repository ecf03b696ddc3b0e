import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.ts';
import { createColors } from '../../../src/cli/colors.ts';
import { COMMANDS, type Command, TASKS, TOPIC_NAMES, type TopicName } from '../../../src/cli/commands.ts';
import { explainTopic, help } from '../../../src/cli/help.ts';
import { OPTIONS, type OptionDescription } from '../../../src/cli/options.ts';
import { TOPICS } from '../../../src/cli/topics.ts';
import { EXIT_STATUS } from '../../../src/words/errors.ts';

const source = fileURLToPath(new URL('../../../src', import.meta.url));
const style = (width: number, color = false) => ({ width, colors: createColors(color) });
const WIDE = Number.POSITIVE_INFINITY;

const texts = async (width: number, color?: boolean) => [
  ...(await Promise.all(COMMANDS.map((command) => help(command, style(width, color))))),
  ...(await Promise.all(TOPIC_NAMES.map((name) => explainTopic(name, style(width, color))))),
];
const overview = async (width = WIDE) => help(COMMANDS[0] as Command, style(width));
const topic = (name: TopicName) => explainTopic(name, style(WIDE));

/** What must stay in one piece: a line that a person copies. */
const COPIED = /^ {2,4}(?:codex-login|ssh|kubectl|eval|npx) /;

describe('help', () => {
  test.each([80, 40])('fits %d columns, but for lines that are there to be copied', async (width) => {
    for (const text of await texts(width)) {
      const long = text.split('\n').filter((line) => line.length > width && !COPIED.test(line));
      // One word that is longer than a narrow terminal stays one word.
      expect(long.filter((line) => line.trim().includes(' '))).toEqual([]);
    }
  });

  test('says the same in a narrow terminal, in a wide one and in a pipe', async () => {
    const words = (all: string[]) => all.map((text) => text.split(/\s+/).join(' '));
    expect(words(await texts(40))).toEqual(words(await texts(WIDE)));
  });

  test('is plain without colours, and says the same with them', async () => {
    const plain = await texts(80);
    const painted = await texts(80, true);
    for (const text of plain) expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    expect(painted.join('')).toContain('\u001b[1m');
    const start = String.fromCharCode(27);
    expect(painted.map((text) => text.replace(new RegExp(`${start}\\[\\d+m`, 'g'), ''))).toEqual(plain);
  });

  test('lists every command once, under what people come for', async () => {
    const text = await overview();
    const heads = text.split('\n').filter((line) => (TASKS as readonly string[]).includes(line));
    expect(heads).toEqual([...TASKS]);
    for (const { name, summary, task } of COMMANDS) {
      const line = text
        .split('\n')
        .findIndex((line) => line.trim().startsWith(`${name} `) && line.endsWith(summary));
      expect(
        text
          .split('\n')
          .slice(0, line)
          .findLast((line) => /^\w/.test(line)),
      ).toBe(task);
    }
  });

  test('names no option that does not exist', async () => {
    for (const text of await texts(WIDE)) {
      for (const [, name = ''] of text.matchAll(/(?:^|\s|\()--([a-z][a-z-]+)/g))
        if (!OTHERS.has(name)) expect(Object.keys(OPTIONS)).toContain(name);
    }
  });

  test('shows what the parser takes: every example is one', () => {
    for (const { examples } of COMMANDS) {
      for (const [line] of examples) {
        const [, words = ''] = /codex-login ?([^>)]*)/.exec(line) ?? [];
        expect(() => parseArguments(words.split(' ').filter((word) => word !== ''))).not.toThrow();
      }
    }
  });

  test('of an option names the words that a shell offers for it', () => {
    for (const { value, offers } of Object.values(OPTIONS) as OptionDescription[]) {
      if (value?.includes('|')) expect(offers?.words).toEqual(value.split('|'));
      if (value === undefined) expect(offers).toBeUndefined();
    }
  });
});

/** Options of other programs. */
const OTHERS = new Set(['profile', 'network', 'networking-mode']);

describe('help on a topic', () => {
  test('has a text for every name, in their order', () => {
    expect(TOPICS.map(({ name }) => name)).toEqual(TOPIC_NAMES);
  });

  test.each(TOPIC_NAMES)('is found by its name: %s', (name) => {
    expect(parseArguments(['help', name])).toMatchObject({ topic: name });
    expect(() => parseArguments([name])).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  });

  test('is found by the code of an error, however it is written', () => {
    expect(parseArguments(['help', 'ERR_STORE_LOCKED'])).toMatchObject({ topic: 'ERR_STORE_LOCKED' });
    expect(parseArguments(['help', 'err_store_locked'])).toMatchObject({ topic: 'ERR_STORE_LOCKED' });
    for (const word of ['ERR_NONE', 'toString', '__proto__'])
      expect(() => parseArguments(['help', word])).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  });

  test('that does not exist says what there is', () => {
    expect(() => parseArguments(['help', 'colours'])).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/login,.*headless, exit-codes, environment/) }),
    );
  });

  test('names every exit status with every error that ends with it', async () => {
    const text = await topic('exit-codes');
    for (const [code, status] of Object.entries(EXIT_STATUS))
      expect(text).toMatch(new RegExp(`^  ${status} .*\\n.*\\b${code}\\b`, 'm'));
  });

  test('names every environment variable that is read', async () => {
    const text = await topic('environment');
    const read = (readdirSync(source, { recursive: true }) as string[])
      .filter((file) => file.endsWith('.ts') && !SIGNS.test(file))
      .flatMap((file) => readVariables(readFileSync(join(source, file), 'utf8')));
    expect(read).toContain('OPENCLAW_STATE_DIR');
    expect(read).toContain('NO_COLOR');
    expect([...new Set(read)].filter((name) => !USUAL.has(name) && !text.includes(name))).toEqual([]);
  });

  test('says of this place what it looks like, on a line of its own', async () => {
    expect(await topic('headless')).toMatch(/^Here\n {2}[A-Z].*: .*\.$/m);
  });
});

/** The signs by which a place and a terminal are known are many, and told of as such. */
const SIGNS = /^(?:surroundings|cli\/(?:hyperlink|clipboard|qr-code))/;
const USUAL = new Set(['HOME', 'USERPROFILE', 'STY']);

function readVariables(text: string): string[] {
  const single = [...text.matchAll(/[eE]nvironment\??\.([A-Z][A-Z0-9_]+)/g)].map(([, name = '']) => name);
  const several = [...text.matchAll(/\{([^{}]*)\} = \w*[eE]nvironment\b/g)].flatMap(([, names = '']) =>
    [...names.matchAll(/\b[A-Z][A-Z0-9_]+\b/g)].map(([name]) => name),
  );
  return [...single, ...several];
}
