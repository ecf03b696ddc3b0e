// Which room is on which floor. A room that is not named here is a story; the laws in test/laws/imports.test.ts say what may import what.

/** From the top down. */
export const FLOORS = [
  { name: 'doors', says: 're-exports; argv, terminal, exit status' },
  { name: 'stories', says: 'the only place where areas meet' },
  { name: 'hands', says: 'the world outside; none imports another, but for system' },
  { name: 'rules', says: 'no I/O, no clock, no environment' },
  { name: 'words', says: 'what everybody may use' },
];

const ROOMS = {
  doors: ['index', 'cli'],
  hands: ['oauth', 'loopback', 'store', 'openclaw', 'rendezvous', 'network', 'system'],
  rules: ['provider', 'surroundings'],
  words: ['words', 'bind'],
};

/** What is at the other end of a hand. */
export const WORLD = {
  oauth: 'the authorization server',
  loopback: "the person's browser",
  store: 'the credential store',
  openclaw: "the store's owner",
  rendezvous: 'other logins here',
  network: 'proxies, certificates',
  system: 'clock, environment, browser',
};

export const floorOf = (room) => Object.keys(ROOMS).find((floor) => ROOMS[floor].includes(room)) ?? 'stories';
