/** Files and databases that do not belong together: what another generation of OpenClaw left, or would have to move first. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type Finding, finding } from '../findings.ts';
import { foreignText } from '../redact.ts';
import { type GenerationFinding, generationOf } from './generation.ts';

export function findInLayout(agentDirectory: string, found: GenerationFinding): Finding[] {
  const { generation, version, migrationPending } = found;
  const which = version === undefined ? 'OpenClaw here' : `OpenClaw ${foreignText(version, 40)}`;
  const file = join(agentDirectory, 'auth-profiles.json');
  const database = join(agentDirectory, 'openclaw-agent.sqlite');
  if (migrationPending)
    return [
      finding('generation', {
        subject: agentDirectory,
        message: `${which} keeps its credentials in a database (generation ${generation}), and the files of an older version are still here.`,
        reason: 'It uses none of them until they are moved.',
        remedy: 'openclaw doctor --fix',
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
  const installed = version === undefined ? generation : generationOf(version);
  if (existsSync(database) && (installed === 'A' || installed === 'B'))
    return [
      finding('generation', {
        subject: database,
        message: `${which} reads files (generation ${installed}), and a newer version has kept a database here.`,
        reason: 'What was stored by the newer version is not seen by this one.',
        remedy: 'install the newer version again, or sign in: codex-login',
      }),
    ];
  return [];
}
