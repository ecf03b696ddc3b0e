/** What bears on a credential and is not in its store: other programs, the model that OpenClaw asks, what an old version cannot read. */

import { modelHint, tokenHint } from '../resolver.ts';
import type { Examination } from '../store/examination/findings.ts';
import { findSharedTokens } from '../store/examination/other-programs.ts';
import { type Finding, finding } from '../words/findings.ts';
import { mainSelection } from './agents.ts';
import type { DoctorSettings } from './options.ts';

/** What bears on the store and is not in it. */
export function findAround(
  { state, provider, configuration }: Examination,
  { surroundings }: DoctorSettings,
): Finding[] {
  const { environment, homeDirectory } = surroundings;
  const home = environment.HOME ?? environment.USERPROFILE ?? homeDirectory();
  const hint = modelHint(provider, configuration);
  const model = finding('default-model', {
    subject: configuration?.defaultModel ?? '',
    message: `OpenClaw's default model is ${configuration?.defaultModel}, which does not use ${provider}.`,
    reason: 'The credential is fine, and nothing asks for it (no_model).',
    remedy: `openclaw models set ${provider}/<model>`,
  });
  return [
    ...findSharedTokens(state, provider, { environment, homeDirectory: home }),
    ...(hint === undefined ? [] : [model]),
  ];
}

/** OpenClaw 2026.4.5 decodes the access token with `atob`, which knows plain base64 only. */
export function findCharacters(seen: Examination): Finding[] {
  const { selected } = mainSelection(seen);
  const profile = selected === undefined ? undefined : seen.state.profiles[selected];
  if (selected === undefined || tokenHint(profile) === undefined) return [];
  return [
    finding('token-characters', {
      subject: selected,
      message: 'The access token has characters in its claims that OpenClaw 2026.4.5 cannot decode.',
      reason: 'That version reads the account out of the token and fails; later versions can.',
      remedy: 'update OpenClaw',
    }),
  ];
}
