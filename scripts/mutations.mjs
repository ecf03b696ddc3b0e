// What is broken on purpose, and the test that has to notice, area by area.

import { mutations as cli } from './mutations/cli.mjs';
import { mutations as device } from './mutations/device.mjs';
import { mutations as doctor } from './mutations/doctor.mjs';
import { mutations as fleet } from './mutations/fleet.mjs';
import { mutations as login } from './mutations/login.mjs';
import { mutations as loopback } from './mutations/loopback.mjs';
import { mutations as mock } from './mutations/mock.mjs';
import { mutations as network } from './mutations/network.mjs';
import { mutations as oauth } from './mutations/oauth.mjs';
import { mutations as openclaw } from './mutations/openclaw.mjs';
import { mutations as provider } from './mutations/provider.mjs';
import { mutations as refresh } from './mutations/refresh.mjs';
import { mutations as rendezvous } from './mutations/rendezvous.mjs';
import { mutations as store } from './mutations/store.mjs';
import { mutations as surroundings } from './mutations/surroundings.mjs';
import { mutations as sync } from './mutations/sync.mjs';

/**
 * What, file, edits as [find, replace] (`find` occurs exactly once), test file, part of the test's name.
 * @typedef {[string, string, [string, string][], string, string]} Mutation
 */

/** @type {Mutation[]} */
export const mutations = [
  ...login,
  ...oauth,
  ...loopback,
  ...network,
  ...mock,
  ...store,
  ...openclaw,
  ...doctor,
  ...fleet,
  ...device,
  ...provider,
  ...rendezvous,
  ...refresh,
  ...sync,
  ...surroundings,
  ...cli,
];
