import { describe, expect, test } from 'vitest';
import { explain, readSurroundings } from '../../src/surroundings.ts';
import type { Probe } from '../../src/words/ports.ts';

interface Host {
  platform?: NodeJS.Platform;
  environment?: Record<string, string>;
  /** Path → text; an empty text is a file that only has to be there. */
  files?: Record<string, string>;
  terminal?: Probe['terminal'];
  port?: number;
}

const WATCHED = { input: true, output: true };
const UNWATCHED = { input: false, output: false };

function sit({ platform = 'linux', environment = {}, files = {}, terminal = WATCHED, port }: Host) {
  const probe: Probe = {
    readText: (path) => files[path],
    exists: (path) => Object.hasOwn(files, path),
    terminal,
  };
  return readSurroundings(environment, platform, probe, port);
}

const POWERSHELL = '/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe';
const WSL2 = {
  '/proc/sys/kernel/osrelease': '5.15.153.1-microsoft-standard-WSL2\n',
  '/proc/version':
    'Linux version 5.15.153.1-microsoft-standard-WSL2 (root@941d701f84f1) (gcc 11.2.0) #1 SMP\n',
  [POWERSHELL]: '',
};
const WSL1 = {
  '/proc/version': 'Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)',
  [POWERSHELL]: '',
};
const WINDOWS_PATH =
  '/usr/bin:/mnt/c/Windows/system32:/mnt/c/Users/Robin Doe/AppData/Local/Microsoft/WindowsApps';
const WSLCONFIG = '/mnt/c/Users/Robin Doe/.wslconfig';
const DESKTOP = { DISPLAY: ':0' };

describe('where a window could appear', () => {
  test.each<[string, Host, string]>([
    ['on a desktop', { environment: DESKTOP }, 'desktop'],
    ['on Wayland', { environment: { WAYLAND_DISPLAY: 'wayland-0' } }, 'desktop'],
    ['on macOS', { platform: 'darwin' }, 'desktop'],
    ['on Windows', { platform: 'win32' }, 'desktop'],
    ['in WSL', { environment: { WSL_DISTRO_NAME: 'Debian' }, files: WSL2 }, 'wsl'],
    ['in Termux', { platform: 'android', environment: { TERMUX_VERSION: '0.118' } }, 'termux'],
    [
      'in a toolbox',
      { environment: { ...DESKTOP, TOOLBOX_PATH: '/usr/bin/toolbox' }, files: { '/run/.containerenv': '' } },
      'desktop',
    ],
    [
      'in Distrobox',
      {
        environment: { ...DESKTOP, DISTROBOX_ENTER_PATH: '/usr/bin/distrobox-enter' },
        files: { '/run/.containerenv': '' },
      },
      'desktop',
    ],
    ['in a container with a display', { environment: DESKTOP, files: { '/.dockerenv': '' } }, 'container'],
    ['inside a Flatpak', { environment: { ...DESKTOP, container: 'flatpak' } }, 'desktop'],
    [
      'in a Codespace whose BROWSER opens at home',
      { environment: { CODESPACES: 'true', BROWSER: '/x/browser.sh' } },
      'codespace',
    ],
    [
      'where VS Code opens at home',
      { environment: { VSCODE_IPC_HOOK_CLI: '/run/x.sock', BROWSER: '/x/helpers/browser.sh' } },
      'vscode-remote',
    ],
    [
      'over SSH with a BROWSER that is a command with arguments',
      { environment: { SSH_TTY: '/dev/pts/0', BROWSER: 'remote-open %s:lynx' } },
      'ssh',
    ],
    [
      'on a desktop where the output goes to a file',
      { environment: DESKTOP, terminal: { input: true, output: false } },
      'desktop',
    ],
  ])('%s the browser is opened', (_, host, kind) => {
    expect(sit(host)).toMatchObject({
      kind,
      canOpenBrowser: true,
      suggested: 'browser',
      overrides: ['--no-browser', '--paste', '--device'],
    });
  });

  test.each<[string, Host, string, string]>([
    ['without a display', {}, 'no-display', 'there is no display here'],
    ['on BSD without a display', { platform: 'freebsd' }, 'no-display', 'there is no display here'],
    [
      'over SSH',
      { platform: 'darwin', environment: { SSH_CONNECTION: '1 2 3 4' } },
      'ssh',
      'this is an SSH session',
    ],
    [
      'over SSH with a display',
      { environment: { SSH_TTY: '/dev/pts/0', DISPLAY: ':10' } },
      'ssh',
      'this is an SSH session',
    ],
    [
      'over SSH to macOS, where nothing reads BROWSER',
      { platform: 'darwin', environment: { SSH_CLIENT: '1 2 3', BROWSER: 'firefox' } },
      'ssh',
      'this is an SSH session',
    ],
    [
      'over SSH into WSL',
      { environment: { SSH_CLIENT: '1 2 3', WSL_DISTRO_NAME: 'Debian' }, files: WSL2 },
      'ssh',
      'this is an SSH session',
    ],
    [
      'over SSH into a container',
      { environment: { SSH_CLIENT: '1 2 3' }, files: { '/.dockerenv': '' } },
      'ssh',
      'this is an SSH session',
    ],
    [
      'in a development container',
      { environment: { REMOTE_CONTAINERS: 'true', DISPLAY: ':0' } },
      'dev-container',
      'this is a container',
    ],
    [
      'in a Codespace',
      { environment: { CODESPACES: 'true', WAYLAND_DISPLAY: 'wayland-0' } },
      'codespace',
      'this is a Codespace',
    ],
    [
      'in a Google Cloud Shell',
      { environment: { GOOGLE_CLOUD_SHELL: 'true' } },
      'cloud-shell',
      'this is a Google Cloud Shell',
    ],
    [
      'in an AWS CloudShell',
      { environment: { AWS_EXECUTION_ENV: 'CloudShell' } },
      'cloud-shell',
      'this is an AWS CloudShell',
    ],
    ['in a Docker container', { files: { '/.dockerenv': '' } }, 'container', 'this is a container (Docker)'],
    [
      'in a Docker container on WSL',
      { files: { ...WSL2, '/.dockerenv': '' } },
      'container',
      'this is a container (Docker)',
    ],
    [
      'in a Podman container',
      { environment: { container: 'oci' }, files: { '/run/.containerenv': 'engine="podman-5.2"' } },
      'container',
      'this is a container (Podman)',
    ],
    [
      'in a container of cgroups 1',
      { files: { '/proc/1/cgroup': '12:pids:/docker/0123456789ab\n' } },
      'container',
      'this is a container (Docker)',
    ],
    [
      'in a pod of cgroups 1',
      { files: { '/proc/1/cgroup': '1:name=systemd:/kubepods/burstable/pod1' } },
      'container',
      'this is a container (Kubernetes)',
    ],
    [
      'in systemd-nspawn',
      { environment: { container: 'systemd-nspawn' } },
      'container',
      'this is a container (systemd-nspawn)',
    ],
    [
      'in a VS Code terminal without BROWSER',
      { environment: { VSCODE_IPC_HOOK_CLI: '/run/x.sock' } },
      'vscode-remote',
      'this is a VS Code terminal on another machine',
    ],
    [
      'as root by way of sudo',
      { environment: { ...DESKTOP, USER: 'root', SUDO_USER: 'robin' } },
      'sudo',
      'this is root by way of sudo, and browsers refuse to run as root',
    ],
    [
      'where BROWSER asks for none',
      { platform: 'darwin', environment: { BROWSER: 'none' } },
      'desktop',
      'BROWSER asks for none',
    ],
    [
      'where BROWSER is a program of the terminal',
      { environment: { ...DESKTOP, BROWSER: '/usr/bin/w3m' } },
      'desktop',
      'BROWSER is w3m, which cannot show the page',
    ],
  ])('%s nothing is opened, and the reason is told', (_, host, kind, reason) => {
    expect(sit(host)).toMatchObject({
      kind,
      reason,
      canOpenBrowser: false,
      canAsk: true,
      suggested: 'paste',
      overrides: ['--browser', '--device'],
    });
  });

  test('on a desktop has no advice, since there is nothing to do', () => {
    expect(sit({ environment: DESKTOP })).toMatchObject({ callbackReachable: 'yes', advice: [] });
  });
});

describe('a job of a CI server', () => {
  test.each([
    ['GitHub Actions', { CI: 'true', GITHUB_ACTIONS: 'true' }, 'this is a CI job (GitHub Actions)'],
    ['GitLab', { CI: 'true', GITLAB_CI: 'true' }, 'this is a CI job (GitLab)'],
    ['one that is known by CI alone', { CI: '1', DISPLAY: ':99' }, 'this is a CI job'],
  ])('at %s is nobody to open a browser for, or to ask', (_, environment, reason) => {
    expect(sit({ environment, files: { '/.dockerenv': '' }, terminal: UNWATCHED })).toMatchObject({
      kind: 'ci',
      reason,
      canOpenBrowser: false,
      canAsk: false,
      callbackReachable: 'unlikely',
      suggested: 'device',
      overrides: ['--browser', '--paste'],
    });
  });

  test.each([
    ['CI is false', { CI: 'false' }, UNWATCHED],
    ['CI is empty', { CI: '' }, UNWATCHED],
    ['somebody looks into it with a terminal', { CI: 'true' }, WATCHED],
  ])('is none where %s', (_, environment, terminal) => {
    expect(sit({ environment: { ...environment, DISPLAY: ':0' }, terminal })).toMatchObject({
      kind: 'desktop',
    });
  });
});

describe('without a terminal', () => {
  test.each([{ input: false, output: true }, { input: true, output: false }, UNWATCHED])(
    'nothing is asked, and a device code is what is left: %o',
    (terminal) => {
      const { canAsk, suggested, advice } = sit({ environment: { SSH_TTY: '/dev/pts/0' }, terminal });
      expect({ canAsk, suggested }).toEqual({ canAsk: false, suggested: 'device' });
      expect(advice).toContain('Nothing can be asked here, because there is no terminal.');
    },
  );
});

describe('over SSH', () => {
  const over = (environment: Record<string, string>, port?: number) =>
    sit({ environment, ...(port === undefined ? {} : { port }) }).forward;

  test.each<[string, Record<string, string>, string]>([
    [
      'the usual case',
      { SSH_CONNECTION: '203.0.113.7 51234 198.51.100.4 22', USER: 'robin' },
      'ssh -L 1455:localhost:1455 robin@198.51.100.4',
    ],
    [
      'another port',
      { SSH_CONNECTION: '203.0.113.7 51234 198.51.100.4 2222', USER: 'robin' },
      'ssh -p 2222 -L 1455:localhost:1455 robin@198.51.100.4',
    ],
    [
      'IPv6, bare as OpenSSH takes it',
      { SSH_CONNECTION: '2001:db8::7 51234 2001:db8::4 22', USER: 'robin' },
      'ssh -L 1455:localhost:1455 robin@2001:db8::4',
    ],
    [
      'IPv4 in IPv6',
      { SSH_CONNECTION: '::ffff:203.0.113.7 51234 ::ffff:198.51.100.4 22', USER: 'robin' },
      'ssh -L 1455:localhost:1455 robin@198.51.100.4',
    ],
    [
      'LOGNAME alone',
      { SSH_CONNECTION: '203.0.113.7 1 198.51.100.4 22', LOGNAME: 'robin' },
      'ssh -L 1455:localhost:1455 robin@198.51.100.4',
    ],
    [
      'root by way of sudo -E',
      { SSH_CONNECTION: '203.0.113.7 1 198.51.100.4 22', USER: 'root', SUDO_USER: 'robin' },
      'ssh -L 1455:localhost:1455 robin@198.51.100.4',
    ],
    [
      'the end of a tunnel',
      { SSH_CONNECTION: '127.0.0.1 51234 127.0.0.1 22', USER: 'robin' },
      'ssh -L 1455:localhost:1455 robin@<this-host>',
    ],
    [
      'the end of a tunnel with IPv6',
      { SSH_CONNECTION: '::1 51234 ::1 22', USER: 'robin' },
      'ssh -L 1455:localhost:1455 robin@<this-host>',
    ],
    [
      'an address of one link',
      { SSH_CONNECTION: 'fe80::1%eth0 51234 fe80::2%eth0 22', USER: 'robin' },
      'ssh -L 1455:localhost:1455 robin@<this-host>',
    ],
    [
      'no connection',
      { SSH_TTY: '/dev/pts/3', USER: 'robin' },
      'ssh -L 1455:localhost:1455 robin@<this-host>',
    ],
    [
      'nobody',
      { SSH_CONNECTION: '203.0.113.7 51234 198.51.100.4 22' },
      'ssh -L 1455:localhost:1455 <user>@198.51.100.4',
    ],
  ])('the line that forwards the port fits %s', (_, environment, line) => {
    expect(over(environment)).toBe(line);
  });

  test('the line names the port that is listened on', () => {
    expect(over({ SSH_CONNECTION: '1.2.3.4 5 6.7.8.9 22', USER: 'robin' }, 1457)).toBe(
      'ssh -L 1457:localhost:1457 robin@6.7.8.9',
    );
  });

  const hostile = [
    'a b',
    'a;reboot',
    '$(id)',
    '`id`',
    "a'b",
    'a\nb',
    '-oProxyCommand=x',
    'a\u001b[31m',
    'ä',
    'a\u202eb',
    '',
  ];

  test.each(hostile)(
    'R-9700-3 takes no user, address or port that a shell could read otherwise: %j',
    (text) => {
      const line = over({ SSH_CONNECTION: `203.0.113.7 51234 ${text} ${text}`, USER: text, SUDO_USER: text });
      expect(line).toBe('ssh -L 1455:localhost:1455 <user>@<this-host>');
      expect(over({ SSH_CONNECTION: `203.0.113.7 51234 198.51.100.4 ${text}22`, USER: 'robin' })).toMatch(
        /^ssh (?:-p 22 )?-L 1455:localhost:1455 robin@198\.51\.100\.4$/,
      );
    },
  );

  test.each([
    ['tmux', { TMUX: '/tmp/tmux-1000/default,1,0' }],
    ['screen', { STY: '1234.pts-0.host' }],
  ])('inside %s the guess is said to be as old as the shell', (name, environment) => {
    expect(sit({ environment: { ...environment, SSH_TTY: '/dev/pts/0' } }).advice).toContain(
      `This is judged by what ${name} remembers, which may be an older connection.`,
    );
  });

  test('in a VS Code terminal both ways of forwarding are told', () => {
    const found = sit({
      environment: {
        VSCODE_IPC_HOOK_CLI: '/run/user/1000/vscode-ipc.sock',
        SSH_CONNECTION: '203.0.113.7 51234 198.51.100.4 22',
        USER: 'robin',
      },
    });
    expect(found).toMatchObject({
      kind: 'vscode-remote',
      callbackReachable: 'with-forwarding',
      forward: 'ssh -L 1455:localhost:1455 robin@198.51.100.4',
      advice: [expect.stringContaining('Ports panel')],
    });
  });
});

describe('root by way of sudo', () => {
  test.each([
    ['robin', 'not for robin.'],
    ['x;reboot', 'not for who called sudo.'],
  ])('is told whose credential that will be: %s', (SUDO_USER, end) => {
    expect(sit({ environment: { USER: 'root', SUDO_USER } }).advice).toContainEqual(
      `You are root by way of sudo: the credential is stored for root, ${end}`,
    );
  });

  test('is nobody who is root by itself, or who became another user', () => {
    for (const environment of [
      { USER: 'root', SUDO_USER: 'root' },
      { USER: 'agent', SUDO_USER: 'robin' },
    ])
      expect(sit({ environment: { ...DESKTOP, ...environment } })).toMatchObject({
        kind: 'desktop',
        advice: [],
      });
  });
});

describe('in a container', () => {
  test('of Docker a published port is not said to help, and the host’s network is', () => {
    const { callbackReachable, advice, forward } = sit({ files: { '/.dockerenv': '' }, port: 1457 });
    expect({ callbackReachable, forward }).toEqual({ callbackReachable: 'unlikely' });
    expect(advice).toEqual([expect.stringMatching(/-p 1457:1457 does not reach.*--network host/)]);
  });

  test.each([
    [
      'with all it takes',
      { HOSTNAME: 'agent-7d4b9' },
      'team-a\n',
      'kubectl port-forward -n team-a pod/agent-7d4b9 1455:1455',
    ],
    [
      'without a namespace',
      { HOSTNAME: 'agent-7d4b9' },
      undefined,
      'kubectl port-forward pod/agent-7d4b9 1455:1455',
    ],
    ['without a name', {}, 'a b', 'kubectl port-forward pod/<pod> 1455:1455'],
    ['with hostile names', { HOSTNAME: 'a;id' }, '$(id)', 'kubectl port-forward pod/<pod> 1455:1455'],
  ])('of Kubernetes the line that forwards the port is told %s', (_, environment, namespace, line) => {
    const path = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
    const found = sit({
      environment: { KUBERNETES_SERVICE_HOST: '10.0.0.1', ...environment },
      files: namespace === undefined ? {} : { [path]: namespace },
    });
    expect(found).toMatchObject({ callbackReachable: 'with-forwarding', forward: line });
  });
});

describe('in WSL', () => {
  const environment = { WSL_DISTRO_NAME: 'Debian', PATH: WINDOWS_PATH };
  const wsl = (config: string | undefined, files: Record<string, string> = WSL2) =>
    sit({ environment, files: { ...files, ...(config === undefined ? {} : { [WSLCONFIG]: config }) } });

  test.each([
    ['1, which shares the network of Windows', WSL1, 'this is WSL 1', 'yes'],
    ['2', WSL2, 'this is WSL 2', 'with-forwarding'],
    [
      '2 with a kernel of one’s own',
      { '/proc/sys/kernel/osrelease': '6.12.3-mine', [POWERSHELL]: '' },
      'this is WSL 2',
      'with-forwarding',
    ],
    ['of unknown version', { [POWERSHELL]: '' }, 'this is WSL', 'with-forwarding'],
  ])('it is version %s', (_, files, reason, callbackReachable) => {
    expect(wsl(undefined, files)).toMatchObject({ kind: 'wsl', reason, callbackReachable });
  });

  test.each<[string, string | undefined, string, RegExp[]]>([
    ['mirrored', '[wsl2]\r\nnetworkingMode=mirrored\r\n', 'yes', [/asks for a mirrored network/]],
    [
      'mirrored, as it was once written',
      '[experimental]\nNetworkingMode = Mirrored # comment',
      'yes',
      [/mirrored/],
    ],
    ['NAT by default', '[wsl2]\nmemory=4GB\n', 'with-forwarding', [/NAT/, /localhostForwarding/]],
    ['NAT by name', '[wsl2]\nnetworkingMode=nat', 'with-forwarding', [/NAT/, /localhostForwarding/]],
    [
      'NAT without forwarding',
      '[wsl2]\nlocalhostForwarding=FALSE',
      'unlikely',
      [/localhostForwarding=false/],
    ],
    ['none', '[wsl2]\nnetworkingMode=none', 'unlikely', [/networkingMode=none/]],
    ['unknown', undefined, 'with-forwarding', [/could not be read \(wslinfo/, /localhostForwarding/]],
    ['that of another section', '[other]\nnetworkingMode=mirrored', 'with-forwarding', [/NAT/, /localhost/]],
  ])('the network is %s', (_, config, callbackReachable, advice) => {
    const found = wsl(config);
    expect(found.callbackReachable).toBe(callbackReachable);
    expect(found.advice).toEqual(advice.map((pattern) => expect.stringMatching(pattern)));
  });

  test('USERPROFILE, where WSLENV brings it along, says where the settings are', () => {
    const found = sit({
      environment: { WSL_INTEROP: '/run/WSL/1_interop', USERPROFILE: '/mnt/d/Robin/' },
      files: { ...WSL2, '/mnt/d/Robin/.wslconfig': '[wsl2]\nnetworkingMode=mirrored' },
    });
    expect(found.callbackReachable).toBe('yes');
  });

  const { [POWERSHELL]: _, ...kernel } = WSL2;
  test.each<[string, Record<string, string>, Record<string, string>, boolean, string | undefined]>([
    ['PowerShell', WSL2, {}, true, undefined],
    [
      'PowerShell on a root of one’s own',
      {
        ...kernel,
        '/etc/wsl.conf': '[automount]\nroot = /Drives/',
        '/Drives/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe': '',
      },
      {},
      true,
      undefined,
    ],
    ['wslview', { ...kernel, '/usr/bin/wslview': '' }, {}, true, 'wslview'],
    ['a display of WSLg', kernel, { DISPLAY: ':0' }, true, undefined],
    ['nothing', kernel, {}, false, undefined],
    [
      'nothing that may be started',
      { ...WSL2, '/usr/bin/wslview': '', '/etc/wsl.conf': '[interop]\nenabled=false' },
      {},
      false,
      undefined,
    ],
  ])('the browser is opened by %s', (_, files, display, canOpenBrowser, opener) => {
    const found = sit({ environment: { ...environment, ...display }, files });
    expect(found.canOpenBrowser).toBe(canOpenBrowser);
    expect(found.opener).toBe(opener);
    if (!canOpenBrowser) expect(found.reason).toBe('this is WSL 2, and no program of Windows can be started');
  });
});

test.each<[string, Host, string]>([
  [
    'over SSH',
    { environment: { SSH_TTY: 'x' } },
    'This is an SSH session: open the page in your own browser (--browser, --device: another way).',
  ],
  [
    'at a job',
    { environment: { CI: '1' }, terminal: UNWATCHED },
    'This is a CI job: a device code is the way that needs neither a browser nor a terminal here (--browser, --paste: another way).',
  ],
  [
    'in WSL',
    { files: WSL2 },
    'This is WSL 2: your browser is opened (--no-browser, --paste, --device: another way).',
  ],
])('%s the way is explained in one sentence, with what overrules it', (_, host, sentence) => {
  expect(explain(sit(host))).toBe(sentence);
});

test('no sentence holds anything of an environment that is hostile throughout', () => {
  const evil = new Proxy({}, { get: () => 'x\u001b]0;owned\u0007;$(reboot)' }) as Record<string, string>;
  for (const platform of ['linux', 'darwin', 'win32', 'android'] as const) {
    const found = readSurroundings(evil, platform, {
      readText: () => '\u001b[2J docker kubepods microsoft',
      exists: () => false,
      terminal: WATCHED,
    });
    expect(JSON.stringify(found)).not.toMatch(/owned|reboot|\\u001b/);
    expect([...found.advice, found.reason, found.forward ?? ''].join('')).not.toMatch(/\p{Cc}/u);
  }
});
