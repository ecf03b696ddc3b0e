/** `store doctor`: the server, the tables, who asks, and whether what is stored opens with the keys that are here. Changes nothing. */

import { findInRecords } from '../store/postgres/record-findings.ts';
import { SCHEMA_VERSION } from '../store/postgres/schema.ts';
import { findInServer } from '../store/postgres/server-findings.ts';
import { readServerState } from '../store/postgres/server-state.ts';
import { readKeyRing } from '../store/sealing/key-source.ts';
import { LoginError } from '../words/errors.ts';
import { type Finding, finding, matters } from '../words/findings.ts';
import { type FleetOptions, openFleet } from './open.ts';

export interface FleetDiagnosis {
  readonly store: string;
  /** Of the server, e.g. `15.18`. */
  readonly server: string;
  readonly findings: readonly Finding[];
  readonly healthy: boolean;
}

/** @throws StoreError where the server cannot be reached or lets nobody in */
export async function diagnoseStore(options: FleetOptions): Promise<FleetDiagnosis> {
  const fleet = await openFleet(options);
  try {
    const findings: Finding[] = [];
    const ring = await readKeyRing(fleet.environment).catch((thrown) => {
      if (!(thrown instanceof LoginError)) throw thrown;
      findings.push(noKeys(thrown, fleet.location));
      return undefined;
    });
    const state = await readServerState(fleet.connections);
    findings.push(...findInServer(state, { ...fleet, ring }));
    if (ring !== undefined && state.schema === SCHEMA_VERSION && state.grants.reads)
      findings.push(
        ...(await findInRecords(fleet.connections, ring, { location: fleet.location, ...state.grants })),
      );
    return { store: fleet.location, server: state.version, findings, healthy: !matters(findings) };
  } finally {
    await fleet.connections.close();
  }
}

/** Without keys the rest is judged all the same. */
function noKeys({ summary, hint }: LoginError, subject: string): Finding {
  return finding('store-keys-missing', {
    subject,
    message: summary,
    reason: 'Nothing that is stored can be opened here.',
    remedy: hint,
  });
}
