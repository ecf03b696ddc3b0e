/**
 * Everything that can be seen from here, looked at once: the store and its file, `openclaw.json`, the other agents, other
 * programs, the gateway and the way to the authorization server. It changes nothing; `doctor` tells it, or acts on it.
 */

import { dirname, join } from 'node:path';
import { type CredentialStore, openCredentialStore } from '../agents/credential-store.ts';
import { parseJson5 } from '../openclaw/configuration-file.ts';
import { storeProviderOf } from '../openclaw/generation.ts';
import { findInLayout } from '../openclaw/layout-findings.ts';
import {
  type Examination,
  findInState,
  repairState,
  type StateFinding,
} from '../store/examination/findings.ts';
import { findInFile, findInText } from '../store/file/file-findings.ts';
import { findInLock } from '../store/file/lock-findings.ts';
import type { StoreInfo } from '../store/profile-store.ts';
import { LoginError, StoreError } from '../words/errors.ts';
import { type Finding, type FindingId, finding } from '../words/findings.ts';
import { examineAgents, mainSelection } from './agents.ts';
import { findAround, findCharacters } from './around.ts';
import type { DoctorSettings } from './options.ts';
import { findGateway, findPlace, type Place } from './place.ts';
import { tokenWords } from './token-words.ts';

/** What was seen, and what a repair needs of it. */
export interface Examined {
  /** The provider's name in this store. */
  readonly provider: string;
  readonly store: string;
  readonly generation: string;
  readonly findings: readonly Finding[];
  /** Undefined where the store could not be opened: then nothing in it can be repaired. */
  readonly opened?: CredentialStore;
  /** The configuration file, whether it exists or not; undefined with a store that the caller opened. */
  readonly configurationPath?: string;
  /** By what a state of this store is judged, besides the configuration. */
  readonly judge: Pick<Examination, 'now' | 'read' | 'compare'>;
  /** The state of the store, and what is wrong with it; undefined where it cannot be read. */
  readonly seen?: Examination & { readonly findings: readonly StateFinding[] };
}

export async function examine(settings: DoctorSettings): Promise<Examined> {
  const place = await findPlace(settings);
  const findings: Finding[] = place ? findInLayout(place.directory, place.layout) : [];
  const opened = await open(settings).catch((thrown) => {
    const why = notOpened(thrown, place?.directory ?? settings.where);
    if (!has(findings, why.id)) findings.push(why);
    return undefined;
  });
  try {
    return await examineOpened(opened, place, findings, settings);
  } catch (thrown) {
    // Whoever asked gets nothing to close.
    if (settings.store === undefined) await opened?.store.close();
    throw thrown;
  }
}

async function examineOpened(
  opened: CredentialStore | undefined,
  place: Place | undefined,
  findings: Finding[],
  settings: DoctorSettings,
): Promise<Examined> {
  const { surroundings, signal: interrupt, clock } = settings;
  const layout = place?.layout ?? { generation: 'A' as const };
  const unknown = {
    location: place?.directory ?? settings.where,
    generation: place?.layout.generation ?? 'file',
  };
  const { location, generation } = opened?.store.info ?? unknown;
  if (opened?.store.info.kind === 'file')
    findings.push(
      ...findInFile(location, { owned: place !== undefined, now: clock.now() }),
      ...findInLock(location, clock),
    );
  const seen = opened && (await look(opened, settings, findings));
  if (seen && opened) {
    findings.push(...seen.findings, ...(await examineAgents(opened, seen)), ...findAround(seen, settings));
    if (generation === 'A') findings.push(...findCharacters(seen));
  }
  if (place && opened?.gateway) findings.push(...(await findGateway(place, settings)));
  const { findOnTheWay } = await import('../oauth/network-findings.ts');
  const { environment } = surroundings;
  findings.push(...(await findOnTheWay({ ...settings, environment, urgent: isUrgent(seen), interrupt })));
  const beside = settings.store ? undefined : join(dirname(location), 'openclaw.json');
  const configurationPath = place?.configurationPath ?? beside;
  return {
    provider: opened?.provider ?? storeProviderOf(settings.provider.id, layout),
    store: location,
    generation,
    findings,
    judge: { now: clock.now(), ...tokenWords(settings.provider) },
    ...(opened ? { opened } : {}),
    ...(configurationPath === undefined ? {} : { configurationPath }),
    ...(seen ? { seen } : {}),
  };
}

async function open(settings: DoctorSettings): Promise<CredentialStore> {
  const {
    store,
    configuration = async () => undefined,
    where,
    storeKey,
    caFile,
    agent,
    openclaw,
    clock,
    surroundings,
  } = settings;
  const provider = settings.provider.id;
  return store
    ? { store, provider, configuration }
    : openCredentialStore({ where, storeKey, caFile, agent, openclaw, provider, clock, surroundings });
}

function notOpened(thrown: unknown, subject: string): Finding {
  if (!(thrown instanceof StoreError)) throw thrown;
  const id = thrown.code === 'ERR_STORE_GENERATION' ? 'generation' : 'configuration-unreadable';
  return told(id, thrown, thrown.store || subject);
}

function told(id: FindingId, { summary, hint }: LoginError, subject: string): Finding {
  return finding(id, {
    subject,
    message: summary,
    reason: 'What OpenClaw would use cannot be told, and nothing can be repaired, until this is put right.',
    remedy: hint.replace(/^(?:Nothing was written|It was left as it is)\. /, ''),
  });
}

/** The state and what is wrong with it; where it cannot be read, why. */
export async function look(
  { store, provider, configuration }: CredentialStore,
  { provider: profile }: DoctorSettings,
  findings: Finding[],
): Promise<Examined['seen']> {
  try {
    const { state, now } = await store.read();
    const seen = { state, provider, configuration: await configuration(), now, ...tokenWords(profile) };
    return { ...seen, findings: findInState(seen) };
  } catch (thrown) {
    if (!(thrown instanceof LoginError)) throw thrown;
    findings.push(await unreadable(thrown, store.info));
    return undefined;
  }
}

/** Why a store, or what bears on it, cannot be read: by the text of its file where that is the reason. */
async function unreadable(thrown: LoginError, { kind, location }: StoreInfo): Promise<Finding> {
  const where = thrown instanceof StoreError ? thrown.store : location;
  if (thrown.code === 'ERR_STORE_GENERATION') return told('generation', thrown, where);
  const isStore = where === location || /auth-(?:profiles|state)\.json$|\.sqlite$/.test(where);
  if (!isStore) return told('configuration-unreadable', thrown, where);
  const broken =
    kind === 'file' && thrown.code === 'ERR_STORE_CORRUPT'
      ? await findInText(where, parseJson5).catch(() => undefined)
      : undefined;
  return broken?.finding ?? told('store-unreadable', thrown, where);
}

/** Whether a token has to be had soon: nothing is usable even when repaired, or what is used ends within the hour. */
function isUrgent(seen: Examined['seen']): boolean {
  if (seen === undefined) return false;
  const { next: state } = repairState(seen.state, (one) => findInState({ ...seen, state: one }));
  const { selected } = mainSelection({ ...seen, state });
  const profile = selected === undefined ? undefined : state.profiles[selected];
  if (profile === undefined) return selected === undefined;
  return profile.type === 'oauth' && Number(profile.expires) - seen.now < 60 * 60 * 1000;
}

function has(findings: readonly Finding[], id: FindingId): boolean {
  return findings.some((one) => one.id === id);
}
