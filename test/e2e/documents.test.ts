/** Every code block of every page is run, or compiled, or listed here with the reason why neither. */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import { startAuthorizationServer } from '../../mocks/index.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import { type Block, blocksOf, PAGES, readPage } from '../support/documents.ts';
import { foreignProject } from '../support/foreign-project.ts';
import { programs, runModule, runShell } from '../support/readme.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Pages whose blocks a test of their own runs, all of them. */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  'README.md': 'test/e2e/readme.test.ts',
  'docs/testing.md': 'test/e2e/testing-page.test.ts',
  'docs/fleet.md': 'test/e2e/fleet-page.test.ts',
  'docs/providers.md': 'test/e2e/providers-page.test.ts',
};

/** Blocks that cannot be run here, by page and first line. JavaScript among them is compiled all the same. */
const NOT_RUN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/comparison.md': { 'npm run compare': 'it installs 2.5 GB of other programs and takes half an hour' },
  'docs/evidence.md': {
    'npm run soak': 'it takes half an hour; test/laws/evidence.test.ts compares its parts',
  },
  'docs/network.md': {
    "import { login, openNetwork } from 'codex-login';":
      'it goes to the real server, through a certificate file of yours',
    "import { createUserAgent, startAuthorizationServer, startTlsFront } from 'codex-login/testing';":
      'it goes on in a program of yours; test/mocks/tls-front.test.ts has the whole',
  },
  'docs/sync.md': {
    '[Unit]':
      'it is a unit of systemd, which a test does not start; the command in it is one that the parser takes',
  },
};

/** What a program prints, by the first line after its imports that is its own. */
const PRINTS: Readonly<Record<string, readonly string[]>> = {
  'docs/embed.md': [
    'openai-codex:robin@example.com is used\n',
    'true\n',
    'ERR_ABORTED 130\n',
    'true true false\n',
  ],
};

/** Made from the declarations; test/laws/api.test.ts compares. */
const GENERATED = new Set(['docs/api.md']);

const pages = PAGES.filter((page) => !(page in RUN_ELSEWHERE) && !GENERATED.has(page));
const reasonFor = ({ page, text }: Block) =>
  Object.entries(NOT_RUN[page] ?? {}).find(([start]) => text.startsWith(start))?.[1];
const blocks = pages.flatMap(blocksOf);
const runnable = (page: string, language: string) =>
  blocksOf(page).filter((block) => block.language === language && reasonFor(block) === undefined);

async function startMock() {
  const server = await startAuthorizationServer();
  onTestFinished(() => server.close());
  return server;
}

describe('the code blocks of every page', () => {
  test('say in which language they are, and are of one that is run, or are left out for a reason', () => {
    const odd = blocks.filter(
      (block) => !['js', 'sh', 'text'].includes(block.language) && reasonFor(block) === undefined,
    );
    expect(odd).toEqual([]);
  });

  test('are run by a test that names their page, or here', () => {
    for (const [page, file] of Object.entries(RUN_ELSEWHERE)) {
      expect(existsSync(join(root, file))).toBe(true);
      expect(readPage(file)).toContain(page.replace('docs/', '').replace('.md', ''));
    }
  });

  test('are left out for a reason, and only where there is such a block', () => {
    for (const [page, reasons] of Object.entries(NOT_RUN))
      for (const [start, reason] of Object.entries(reasons)) {
        expect(blocksOf(page).filter(({ text }) => text.startsWith(start))).toHaveLength(1);
        expect(reason.length).toBeGreaterThan(30);
      }
  });

  test('in JavaScript are what the types say', async () => {
    const { directory, compile } = foreignProject();
    const programs = blocks.filter(({ language }) => language === 'js');
    const names = programs.map(({ page, text }, index) => {
      const name = `${page.replaceAll('/', '-')}-${index}.mjs`;
      writeFileSync(join(directory, name), text);
      return name;
    });
    expect(names.length).toBeGreaterThan(4);
    expect(await compile(names)).toBe('');
  });

  test.each(pages.filter((page) => runnable(page, 'js').length > 0))(
    'in JavaScript run: %s',
    async (page) => {
      const { issuer } = await startMock();
      const ended = await Promise.all(runnable(page, 'js').map(({ text }) => runModule(text, issuer)));
      for (const { status, stderr } of ended)
        expect({ status, stderr: stderr.replace(/^Sign in: http\S+\n/, '') }).toEqual({
          status: 0,
          stderr: '',
        });
      expect(ended.map(({ stdout }) => stdout)).toEqual(PRINTS[page]);
    },
  );

  test.each(pages.filter((page) => runnable(page, 'sh').length > 0))(
    'for a shell run, one after the other: %s',
    { timeout: 60_000 },
    async (page) => {
      const home = temporaryDirectory();
      const directory = programs(home, (await startMock()).issuer);
      for (const { text } of runnable(page, 'sh'))
        expect({ text, ...(await runShell(text, home, directory)) }).toMatchObject({ text, error: null });
    },
  );
});

describe('what a page says in a sentence', () => {
  /** A command of ours, without a word that stands for another one. */
  const commands = PAGES.flatMap((page) =>
    [
      ...readPage(page)
        .replace(/^```[\s\S]*?^```$/gm, '')
        .matchAll(/`codex-login((?: [^`]*)?)`/g),
    ].map(([, line = '']) => ({ page, line })),
  ).filter(({ line }) => !/[<>…|$]/.test(line));

  test('of a command is one that the parser takes', () => {
    expect(commands.length).toBeGreaterThan(40);
    const wrong = commands.filter(({ line }) => {
      const words = line.split(' ').filter((word) => word !== '');
      try {
        parseArguments(words);
        return false;
      } catch {
        return true;
      }
    });
    expect(wrong).toEqual([]);
  });

  test('of an npm script is one that there is', () => {
    const { scripts } = JSON.parse(readPage('package.json'));
    for (const page of PAGES)
      for (const [, name = ''] of readPage(page).matchAll(/\bnpm run ([\w:]+)/g))
        expect(Object.keys(scripts)).toContain(name);
  });
});
