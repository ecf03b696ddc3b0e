/**
 * The broken clients: each is the correct one with one thing wrong. `what` is the client's fault in the words of a reviewer; `fault`
 * is what a server has to do before it shows; `rule` is what the mock catches it by. Data.
 */

import { faithDefects } from './defects/faith.mjs';
import { keepingDefects } from './defects/keeping.mjs';
import { requestDefects } from './defects/requests.mjs';

/** Name → `{ what, rule, changes, fault?, device? }`. */
export const defects = { ...requestDefects, ...faithDefects, ...keepingDefects };
