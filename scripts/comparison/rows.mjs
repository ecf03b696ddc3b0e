// Every row of the table, in its order. A row is `{ what, about, readme?, run(program) }`; `run` resolves to `{ cell, … }`, the rest
// of which are raw findings.

import { listenerRows } from './rows/listener.mjs';
import { orderRows } from './rows/order.mjs';
import { personRows } from './rows/person.mjs';
import { portRows } from './rows/ports.mjs';
import { serverRows } from './rows/server.mjs';

const ALL = { ...listenerRows, ...portRows, ...serverRows, ...personRows, ...orderRows };

const ORDER = [
  ...[
    'page-before-storing',
    'failed',
    'denied',
    'hang',
    'limit',
    'redirect',
    'suffix',
    'missing-field',
    'escapes',
  ],
  ...[
    'stray-success',
    'stray-cancel',
    'error-without-state',
    'wrong-state',
    'head',
    'post',
    'host',
    'second',
  ],
  ...['not-followed', 'listens', 'port-taken', 'ports-taken', 'six-taken'],
  ...['interrupted', 'mode', 'order', 'secrets', 'address', 'no-display', 'offers', 'start'],
];

export const ROWS = ORDER.map((id) => ({ id, ...ALL[id] }));
