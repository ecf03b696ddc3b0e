/**
 * The places a person can sit in, each known by its signs; the first that fits counts. The order is the knowledge: a CI job in a
 * container is a CI job, an SSH session into WSL is an SSH session, a container on WSL is a container.
 */

import type { Finding, Signs } from '../surroundings.ts';
import type { Environment } from '../words/ports.ts';
import { findContainer } from './container.ts';
import { findSsh, forwardLine } from './ssh.ts';
import { callerOfSudo } from './sudo.ts';
import { findWsl } from './wsl.ts';

/** A job with a terminal on both sides is one that somebody looks into, and not judged by being a job. */
function findJob({ environment, probe }: Signs): Finding | undefined {
  if (probe.terminal.input && probe.terminal.output) return undefined;
  const [, name] =
    JOBS.find(([variable]) => !['', '0', 'false', undefined].includes(environment[variable])) ?? [];
  if (name === undefined) return undefined;
  return {
    kind: 'ci',
    reason: `this is ${name}`,
    window: false,
    callbackReachable: 'unlikely',
    advice: [
      'Nobody sits at a job: give it a store with a credential, or sign in with a device code while somebody reads its log.',
    ],
  };
}

const JOBS = [
  ['GITHUB_ACTIONS', 'a CI job (GitHub Actions)'],
  ['GITLAB_CI', 'a CI job (GitLab)'],
  ['BUILDKITE', 'a CI job (Buildkite)'],
  ['TF_BUILD', 'a CI job (Azure Pipelines)'],
  ['JENKINS_URL', 'a CI job (Jenkins)'],
  ['TEAMCITY_VERSION', 'a CI job (TeamCity)'],
  ['CODEBUILD_BUILD_ID', 'a CI job (CodeBuild)'],
  ['CI', 'a CI job'],
] as const;

/** A machine that somebody else's program keeps for the person, with a browser on theirs. */
function findWorkspace({ environment, port }: Signs): Finding | undefined {
  const workspace = WORKSPACES.find(({ variable, value }) =>
    value === undefined ? isSet(environment, variable) : environment[variable] === value,
  );
  if (workspace === undefined) return undefined;
  const { kind, reason, forwards } = workspace;
  return {
    kind,
    reason,
    window: false,
    callbackReachable: forwards ? 'with-forwarding' : 'unlikely',
    advice: [
      forwards
        ? `VS Code can forward the port: add ${port} in its Ports panel, as port ${port} of your own machine. In a browser tab it cannot: paste the address there.`
        : 'Its localhost is not yours: paste the address at the end, or use a device code.',
    ],
  };
}

interface Workspace extends Pick<Finding, 'kind' | 'reason'> {
  readonly variable: string;
  readonly value?: string;
  readonly forwards: boolean;
}
const WORKSPACES: readonly Workspace[] = [
  { variable: 'CODESPACES', kind: 'codespace', reason: 'this is a Codespace', forwards: true },
  { variable: 'REMOTE_CONTAINERS', kind: 'dev-container', reason: 'this is a container', forwards: true },
  {
    variable: 'GITPOD_WORKSPACE_ID',
    kind: 'cloud-shell',
    reason: 'this is a Gitpod workspace',
    forwards: true,
  },
  {
    variable: 'GOOGLE_CLOUD_SHELL',
    kind: 'cloud-shell',
    reason: 'this is a Google Cloud Shell',
    forwards: false,
  },
  {
    variable: 'AWS_EXECUTION_ENV',
    value: 'CloudShell',
    kind: 'cloud-shell',
    reason: 'this is an AWS CloudShell',
    forwards: false,
  },
  { variable: 'ACC_CLOUD', kind: 'cloud-shell', reason: 'this is an Azure Cloud Shell', forwards: false },
];

/** VS Code's own terminal on another machine, where `code` talks to the editor. In WSL the editor is on this machine. */
function findEditor(signs: Signs): Finding | undefined {
  const { environment, port } = signs;
  if (!isSet(environment, 'VSCODE_IPC_HOOK_CLI') || isSet(environment, 'WSL_DISTRO_NAME')) return undefined;
  const over = findSsh(signs);
  return {
    kind: 'vscode-remote',
    reason: over?.reason ?? 'this is a VS Code terminal on another machine',
    window: false,
    callbackReachable: 'with-forwarding',
    ...(over?.forward === undefined ? {} : { forward: over.forward }),
    advice: [
      `VS Code can forward the port: add ${port} in its Ports panel, as port ${port} of your own machine.`,
    ],
  };
}

/** Android's terminal: what opens a URL there opens it on the same device. */
function findTermux({ environment, platform }: Signs): Finding | undefined {
  if (platform !== 'android' && !isSet(environment, 'TERMUX_VERSION')) return undefined;
  return { kind: 'termux', reason: 'this is Termux', window: true, callbackReachable: 'yes', advice: [] };
}

function findUnixWithoutWindow(signs: Signs): Finding | undefined {
  const { environment, platform } = signs;
  if (platform === 'darwin' || platform === 'win32') return undefined;
  if (environment.DISPLAY || environment.WAYLAND_DISPLAY) {
    if (callerOfSudo(environment) === undefined) return undefined;
    const reason = 'this is root by way of sudo, and browsers refuse to run as root';
    return { kind: 'sudo', reason, window: false, callbackReachable: 'yes', advice: [] };
  }
  return {
    kind: 'no-display',
    reason: 'there is no display here',
    window: false,
    callbackReachable: 'with-forwarding',
    forward: forwardLine(signs, undefined),
    advice: ['If you came here over SSH (sudo and su hide that), forward the port from your own machine.'],
  };
}

function isSet(environment: Environment, name: string): boolean {
  return environment[name] !== undefined && environment[name] !== '';
}

export const PLACES: readonly ((signs: Signs) => Finding | undefined)[] = [
  findJob,
  findWorkspace,
  findEditor,
  findSsh,
  findContainer,
  findWsl,
  findTermux,
  findUnixWithoutWindow,
];
