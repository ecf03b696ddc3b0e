/**
 * What can go wrong between a client and the TLS front, by name, and which fault is due.
 * It counts; how a fault looks on the wire is the front's business.
 */

/** Every fault of the TLS front: one sentence on what a client meets. */
export const tunnelScenarios = {
  'connect-403': 'the proxy refuses to connect',
  'connect-407': 'the proxy demands a user name and a password, and takes none',
  'connect-502': 'the proxy cannot reach the server',
  'connect-hang': 'the proxy takes the connection and never answers CONNECT',
  'connect-reset': 'the proxy breaks the connection off (RST) when it is asked to connect',
  'tls-hang': 'the tunnel opens, and nothing answers the TLS handshake',
  'tls-reset': 'the tunnel opens, and the connection is broken off (RST) in the TLS handshake',
  'tls-unknown-ca': 'the certificate is signed by an authority that nobody trusts',
  'tls-expired': 'the certificate has expired',
  'tls-wrong-name': 'the certificate is for another name',
} as const;

/** The name of a fault of the TLS front, e.g. `tls-unknown-ca`. */
export type TunnelScenarioName = keyof typeof tunnelScenarios;

export interface TunnelFaults {
  /** Arms a fault for the next `times` tunnels; Infinity makes it the rule, 0 takes it away. */
  arm(name: TunnelScenarioName, times: number): void;
  /** The fault for one tunnel, counted as met. */
  take(): TunnelScenarioName | undefined;
}

/** No faults yet. */
export function createTunnelFaults(): TunnelFaults {
  let armed: { name: TunnelScenarioName; times: number }[] = [];
  return {
    arm(name, times) {
      if (times !== Infinity && !(Number.isInteger(times) && times >= 0))
        throw new RangeError('A scenario is armed a whole number of times, or Infinity.');
      if (times === 0) armed = armed.filter((one) => one.name !== name);
      else armed.push({ name, times });
    },
    take() {
      // What is counted comes before what is the rule.
      const due = armed.find(({ times }) => times !== Infinity) ?? armed.at(-1);
      if (due === undefined) return undefined;
      due.times -= 1;
      if (due.times === 0) armed = armed.filter((one) => one !== due);
      return due.name;
    },
  };
}
