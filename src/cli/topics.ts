/** What `help` explains beside the commands, as data: exit statuses, environment variables, signing in without a browser. */

import { explain } from '../surroundings.ts';
import { systemSurroundings } from '../system.ts';
import { EXIT_STATUS } from '../words/errors.ts';
import type { TopicName } from './commands.ts';
import { OPTIONS } from './options.ts';

export interface Topic {
  readonly name: TopicName;
  readonly summary: string;
  /** Read when it is asked for. */
  sections(): Promise<readonly Section[]>;
}

export interface Section {
  readonly title?: string;
  readonly text?: string;
  readonly rows?: readonly (readonly [name: string, what: string])[];
  /** Lines for a shell: they stay whole, however narrow the terminal is. */
  readonly commands?: readonly string[];
}

/** Every exit status, in a few words. */
export const STATUSES: readonly (readonly [status: number, what: string])[] = [
  [0, 'done'],
  [1, 'unexpected'],
  [2, 'usage'],
  [3, 'denied'],
  [4, 'timed out'],
  [5, 'no callback port'],
  [6, 'network or token endpoint'],
  [7, 'store'],
  [8, 'identity'],
  [9, 'nothing usable'],
  [130, 'interrupted'],
  [143, 'terminated'],
];

const VARIABLES: readonly Section[] = [
  {
    title: 'Which OpenClaw and which store',
    rows: [
      ['OPENCLAW_HOME', 'the home directory that OpenClaw uses instead of yours'],
      ['OPENCLAW_STATE_DIR', 'where OpenClaw keeps its state'],
      ['OPENCLAW_PROFILE', "OpenClaw's --profile: a state directory of its own"],
      ['OPENCLAW_CONFIG_PATH', 'another openclaw.json'],
      ['OPENCLAW_AGENT_DIR', "the main agent's directory; PI_CODING_AGENT_DIR is its older name"],
      ['OPENCLAW_GATEWAY_PORT', 'the port of a running gateway'],
      ['CODEX_HOME', "where doctor looks for Codex's own credentials"],
    ],
  },
  {
    title: 'A store in PostgreSQL (docs/fleet.md)',
    rows: [
      ['CODEX_LOGIN_KEYS_FILE', 'the file with the key ring that it is sealed under'],
      ['CODEX_LOGIN_KEYS_COMMAND', 'or the command that prints it; CODEX_LOGIN_KEYS: or the key ring itself'],
      ['PGHOST, PGPORT, PGDATABASE, PGUSER', 'what the URL leaves out'],
      ['PGPASSWORD, PGPASSFILE', 'the password, or the file with it (~/.pgpass)'],
      ['PGSSLMODE, PGSSLROOTCERT', 'how its certificate is checked; PGSSLCERT, PGSSLKEY: your own'],
    ],
  },
  {
    title: 'Where you sit',
    rows: [
      ['BROWSER', 'what opens the page (Linux); "none": nothing does'],
      ['DISPLAY, WAYLAND_DISPLAY', 'Linux without either has no display'],
      ['SSH_CONNECTION, SSH_TTY', 'an SSH session; SSH_CLIENT too'],
      [
        'XDG_RUNTIME_DIR',
        'where your own logins on this machine find each other; else the temporary directory',
      ],
      ['CI', 'a job: nobody is there to ask; so do the names of its servers, e.g. GITHUB_ACTIONS'],
      ['WSL_DISTRO_NAME', 'WSL; CODESPACES, REMOTE_CONTAINERS and others: see help headless'],
    ],
  },
  {
    title: 'How it looks',
    rows: [
      ['NO_COLOR', 'plain text; FORCE_COLOR: colours in a pipe too'],
      ['FORCE_HYPERLINK', '"1": links although this terminal is not known to have them; "0": none'],
      ['TERM', '"dumb": plain text, and no line is rewritten'],
    ],
  },
  {
    title: 'Two logins at once',
    rows: [['XDG_RUNTIME_DIR', 'where they find each other']],
  },
  {
    title: 'The network',
    rows: [
      ['HTTPS_PROXY, HTTP_PROXY', 'the proxy to go through; ALL_PROXY too, and in small letters'],
      ['NO_PROXY', 'hosts that are reached without the proxy'],
      ['NODE_EXTRA_CA_CERTS', 'a file with certificates that are trusted too'],
      ['NODE_TLS_REJECT_UNAUTHORIZED', 'leave it unset: "0" trusts everybody, and doctor says so'],
    ],
  },
];

const PLACES: Section = {
  title: 'By place',
  rows: [
    ['SSH', 'forward the port from the machine with your browser, then sign in through it'],
    [
      'WSL',
      'the browser of Windows opens; WSL 1 and mirrored networks share localhost, NAT forwards it unless .wslconfig forbids it',
    ],
    [
      'Docker, Podman',
      'a published port (-p) does not reach the localhost of a container: --network host, or login --paste, or login --device',
    ],
    ['Kubernetes', 'kubectl port-forward pod/<pod> 1455:1455 does reach it'],
    ['VS Code, Codespaces', 'add the port in the Ports panel, under the same number'],
    ['CI', 'give the job a store with a credential, or use login --device while somebody reads its log'],
    ['sudo', 'leave it out: the credential would be stored for root'],
    ['tmux, screen', 'its shells remember the connection they were started from'],
  ],
};

export const TOPICS: readonly Topic[] = [
  {
    name: 'headless',
    summary: 'signing in over SSH, in WSL, in a container, in CI: where no browser opens by itself',
    sections: async () => [
      {
        text: 'The page may be opened in any browser. At the end it goes to http://localhost:1455, which has to be this machine: the login waits there.',
      },
      await here(),
      PLACES,
    ],
  },
  {
    name: 'exit-codes',
    summary: 'what the exit status says, with the errors that end with it',
    sections: async () => [
      {
        rows: STATUSES.map(
          ([status, what]) => [String(status), [what, ...errorsOf(status)].join('\n')] as const,
        ),
      },
    ],
  },
  {
    name: 'environment',
    summary: 'the environment variables that are read',
    sections: async () => VARIABLES,
  },
];

/** What this very place looks like. */
async function here(): Promise<Section> {
  const place = await systemSurroundings();
  const overrides = place.overrides.filter((option) => option.slice(2) in OPTIONS);
  return {
    title: 'Here',
    text: [explain({ ...place, overrides }), ...place.advice].join('\n'),
    ...(place.forward === undefined ? {} : { commands: [place.forward] }),
  };
}

function errorsOf(status: number): string[] {
  const codes = Object.entries(EXIT_STATUS).filter(([, of]) => of === status);
  return codes.length === 0 ? [] : [codes.map(([code]) => code).join(', ')];
}
