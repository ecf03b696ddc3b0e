/** Files and databases that do not belong together: what another generation of OpenClaw left, or would have to move first. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type Finding, finding } from '../words/findings.ts';
import { foreignText } from '../words/redact.ts';
import type { GenerationFinding } from './generation.ts';

export function findInLayout(agentDirectory: string, found: GenerationFinding): Finding[] {
  const { generation, version, migrationPending, pendingIn, newerOnDisk } = found;
  const which = version === undefined ? 'OpenClaw here' : `OpenClaw ${foreignText(version, 40)}`;
  const file = join(agentDirectory, 'auth-profiles.json');
  if (migrationPending)
    return [
      finding('generation', {
        subject: pendingIn ?? agentDirectory,
        message: `${which} keeps its credentials in a database (generation ${generation}), and the files of an older version are still here.`,
        reason:
          pendingIn === undefined
            ? 'It uses none of them until they are moved.'
            : 'It serves no agent at all until they are moved (AUTH_PROFILE_MIGRATION_REQUIRED).',
        remedy: 'openclaw doctor --fix',
      }),
    ];
  if (newerOnDisk)
    return [
      finding('generation', {
        subject: agentDirectory,
        message: `A newer OpenClaw keeps its credentials in a database here (generation ${generation}), and ${which} does not read it.`,
        reason:
          'What was stored by the newer version is not seen by this one, and nothing is written for this one.',
        remedy: 'install the newer version again, or name its package with --openclaw <dir>',
      }),
    ];
  if ((generation === 'C' || generation === 'D') && existsSync(file))
    return [
      finding('file-beside-database', {
        subject: file,
        message: `A file of an older layout lies beside the database of ${which} (generation ${generation}).`,
        reason:
          'Nobody reads it, and newer versions refuse every command of the provider until it is moved (AUTH_PROFILE_MIGRATION_REQUIRED).',
        remedy: 'openclaw doctor --fix',
      }),
    ];
  return [];
}
