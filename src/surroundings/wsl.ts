/**
 * The Windows Subsystem for Linux: which version, which network, and what there is to open the browser of Windows. Pure.
 * Written from its documentation and the texts of real hosts; not tried on one.
 */

import type { Finding, Signs } from '../surroundings.ts';

export function findWsl(signs: Signs): Finding | undefined {
  const { environment, platform, probe } = signs;
  if (platform !== 'linux') return undefined;
  const kernel = `${probe.readText('/proc/sys/kernel/osrelease') ?? ''} ${probe.readText('/proc/version') ?? ''}`;
  const named = environment.WSL_DISTRO_NAME || environment.WSL_INTEROP;
  if (!named && !/microsoft/i.test(kernel)) return undefined;
  const version = versionOf(kernel);
  const { callbackReachable, advice } = version === 1 ? SHARED : networkOf(signs);
  const opener = openerOf(signs);
  const name = version === undefined ? 'WSL' : `WSL ${version}`;
  return {
    kind: 'wsl',
    reason:
      opener === 'none' ? `this is ${name}, and no program of Windows can be started` : `this is ${name}`,
    window: opener !== 'none',
    callbackReachable,
    advice,
    ...(opener === 'wslview' ? { opener } : {}),
  };
}

/** `4.4.0-19041-Microsoft` is version 1, `5.15.153.1-microsoft-standard-WSL2` version 2, and so is a kernel of one's own. */
function versionOf(kernel: string): 1 | 2 | undefined {
  if (/wsl2|microsoft-standard/i.test(kernel)) return 2;
  if (/\d-microsoft\b/i.test(kernel)) return 1;
  return /\d/.test(kernel) ? 2 : undefined;
}

type Network = Pick<Finding, 'callbackReachable' | 'advice'>;

const SHARED: Network = { callbackReachable: 'yes', advice: [] };

const FORWARDED = 'Windows forwards its localhost to WSL unless .wslconfig says localhostForwarding=false.';

/** What `.wslconfig` asks for; what was granted only `wslinfo --networking-mode` knows. */
function networkOf({ environment, probe }: Signs): Network {
  const home = windowsHome(environment);
  const text = home === undefined ? undefined : probe.readText(`${home}/.wslconfig`);
  const mode = settingOf(text, ['wsl2', 'experimental'], 'networkingmode');
  if (mode === 'mirrored') return { callbackReachable: 'yes', advice: [ASKED] };
  if (mode === 'none' || mode === 'bridged')
    return {
      callbackReachable: 'unlikely',
      advice: [
        `.wslconfig says networkingMode=${mode}: the browser of Windows does not reach localhost here.`,
      ],
    };
  if (settingOf(text, ['wsl2'], 'localhostforwarding') === 'false') {
    return {
      callbackReachable: 'unlikely',
      advice: [
        '.wslconfig says localhostForwarding=false: the browser of Windows does not reach localhost here.',
      ],
    };
  }
  const known =
    text === undefined
      ? 'Which network WSL uses could not be read (wslinfo --networking-mode says it).'
      : 'WSL has a network of its own (NAT).';
  return { callbackReachable: 'with-forwarding', advice: [known, FORWARDED] };
}

const ASKED =
  '.wslconfig asks for a mirrored network, with which the browser of Windows reaches localhost here (wslinfo --networking-mode says whether it is).';

/** `USERPROFILE` comes along only where WSLENV says so; `PATH` of Windows, which is appended to ours, names the home too. */
function windowsHome({ USERPROFILE, PATH = '' }: Signs['environment']): string | undefined {
  if (USERPROFILE?.startsWith('/')) return USERPROFILE.replace(/\/+$/, '');
  return /(?:^|:)(\/[^:]*\/Users\/[^/:]+)\/AppData\//i.exec(PATH)?.[1];
}

/** What `open` does is PowerShell; it falls back to what a Linux desktop would do, which WSLg may have. */
function openerOf({ environment, probe }: Signs): 'powershell' | 'wslview' | 'desktop' | 'none' {
  const settings = probe.readText('/etc/wsl.conf');
  if (settingOf(settings, ['interop'], 'enabled') !== 'false') {
    const root = (settingOf(settings, ['automount'], 'root') ?? '/mnt').replace(/\/+$/, '');
    if (probe.exists(`${root}/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe`)) return 'powershell';
    if (probe.exists('/usr/bin/wslview')) return 'wslview';
  }
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? 'desktop' : 'none';
}

/** One setting of an INI file, of the first of these sections that has it. Keys are compared without case. */
function settingOf(text: string | undefined, sections: readonly string[], key: string): string | undefined {
  let section = '';
  for (const line of (text ?? '').split(/\r?\n/)) {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section;
    const [, name = '', value] = /^\s*(\w+)\s*=\s*"?([^"#\s]+)/.exec(line) ?? [];
    if (sections.includes(section) && name.toLowerCase() === key)
      return key === 'root' ? value : value?.toLowerCase();
  }
  return undefined;
}
