/** A container that nobody's editor opened, and what of a listener in it can be reached from outside. Pure. */

import type { Finding, Signs } from '../surroundings.ts';

export function findContainer(signs: Signs): Finding | undefined {
  const engine = engineOf(signs);
  if (engine === undefined) return undefined;
  const { DISPLAY, WAYLAND_DISPLAY } = signs.environment;
  const found = { kind: 'container', reason: `this is a container (${engine})` } as const;
  // Somebody gave it a display: a browser that is started here reaches what listens here.
  if (DISPLAY || WAYLAND_DISPLAY) return { ...found, window: true, callbackReachable: 'yes', advice: [] };
  if (engine === 'Kubernetes') {
    return {
      ...found,
      window: false,
      callbackReachable: 'with-forwarding',
      forward: portForwardLine(signs),
      advice: ['Forward the port from the machine where your browser is.'],
    };
  }
  const { port } = signs;
  const host = engine === 'Docker' || engine === 'Podman';
  return {
    ...found,
    window: false,
    callbackReachable: 'unlikely',
    advice: [
      `The callback is listened for on the container's own localhost, which -p ${port}:${port} does not reach.${host ? ' A container that was started with --network host shares that of its host.' : ''}`,
    ],
  };
}

/** Toolbox and Distrobox share display and network with the machine, and so do Flatpak's and Snap's: they are none. */
function engineOf({ environment, probe, platform }: Signs): string | undefined {
  if (platform !== 'linux') return undefined;
  if (environment.TOOLBOX_PATH || environment.DISTROBOX_ENTER_PATH || probe.exists('/run/.toolboxenv'))
    return undefined;
  if (environment.KUBERNETES_SERVICE_HOST) return 'Kubernetes';
  if (probe.exists('/run/.containerenv')) return 'Podman';
  if (probe.exists('/.dockerenv')) return 'Docker';
  const groups = probe.readText('/proc/1/cgroup') ?? '';
  const [, engine] = ENGINES.find(([sign]) => sign.test(groups)) ?? [];
  return engine ?? NAMED[environment.container ?? ''];
}

/** With version 2 of cgroups a container sees `0::/` only: then the files above are what there is. */
const ENGINES = [
  [/kubepods/, 'Kubernetes'],
  [/\blibpod/, 'Podman'],
  [/\bdocker/, 'Docker'],
  [/\bcontainerd/, 'containerd'],
  [/\/lxc/, 'LXC'],
] as const;

/** What engines set `container` to (systemd's container interface). */
const NAMED: Readonly<Record<string, string>> = {
  docker: 'Docker',
  podman: 'Podman',
  oci: 'OCI',
  lxc: 'LXC',
  'systemd-nspawn': 'systemd-nspawn',
};

/** Unlike a published port, it ends on the pod's own localhost. */
function portForwardLine({ environment, probe, port }: Signs): string {
  const namespace = probe.readText('/var/run/secrets/kubernetes.io/serviceaccount/namespace')?.trim() ?? '';
  const pod = environment.HOSTNAME ?? '';
  const where = DNS_LABEL.test(namespace) ? `-n ${namespace} ` : '';
  return `kubectl port-forward ${where}pod/${DNS_LABEL.test(pod) ? pod : '<pod>'} ${port}:${port}`;
}

const DNS_LABEL = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
