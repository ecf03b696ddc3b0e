/** A project of somebody else's, in which the tarball is installed as npm would: programs in it find it by its name. */

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';

import { temporaryDirectory } from './temporary.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ForeignProject {
  readonly directory: string;
  /** Runs a file of it with this Node.js; nothing of the environment but a home, and no browser. */
  run(
    args: readonly string[],
    more?: { env?: Record<string, string>; input?: string; signal?: AbortSignal },
  ): Promise<Ended>;
  /** What the compiler has to say of these files, JavaScript as well; empty where it is content. */
  compile(files: readonly string[]): Promise<string>;
}

/** @param packages what it has installed; by default everything the tarball brings, and vitest */
export function foreignProject(packages?: readonly string[]): ForeignProject {
  const directory = temporaryDirectory();
  const real = join(inject('installed'), 'node_modules');
  const modules = join(directory, 'node_modules');
  mkdirSync(modules);
  const names = packages ?? readdirSync(real).filter((name) => !name.startsWith('.'));
  // A copy of the package: it is to find its neighbours here, and not where it was packed.
  for (const name of names) {
    if (name === 'codex-login') cpSync(join(real, name), join(modules, name), { recursive: true });
    else symlinkSync(join(real, name), join(modules, name));
  }
  if (packages === undefined)
    symlinkSync(
      fileURLToPath(new URL('../../node_modules/vitest', import.meta.url)),
      join(modules, 'vitest'),
    );
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  const project: ForeignProject = {
    directory,
    async compile(files) {
      const compiler = join(root, 'node_modules/typescript/bin/tsc');
      symlinkSync(join(root, 'node_modules/@types'), join(modules, '@types'));
      const { stdout } = await project.run([compiler, ...COMPILER_OPTIONS, ...files]);
      return stdout;
    },
    run(args, { env = {}, input = '', signal } = {}) {
      const options = {
        cwd: directory,
        timeout: 60_000,
        env: { PATH: process.env.PATH, HOME: directory, NO_COLOR: '1', CI: 'true', ...env },
        ...(signal && { signal, killSignal: 'SIGINT' as const }),
      };
      return new Promise((resolve) => {
        const child = execFile(process.execPath, args, options, (error, stdout, stderr) => {
          const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
          resolve({ status, stdout, stderr });
        });
        child.stdin?.on('error', () => undefined).end(input);
      });
    },
  };
  return project;
}

/** As strict as a program in JavaScript can be without annotations. */
const COMPILER_OPTIONS = [
  '--noEmit',
  '--allowJs',
  '--checkJs',
  '--strict',
  '--noImplicitAny',
  'false',
  '--skipLibCheck',
  '--target',
  'es2023',
  '--lib',
  'es2023,esnext.disposable,dom',
  '--module',
  'nodenext',
  '--types',
  'node',
];
