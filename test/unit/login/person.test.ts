import { expect, test } from 'vitest';
import type { LoginSettings } from '../../../src/login/options.ts';
import { showBrowser } from '../../../src/login/person.ts';
import { createReport } from '../../../src/login/report.ts';
import { systemClock, systemOpenUrl } from '../../../src/system.ts';
import type { LoginEvent } from '../../../src/words/events.ts';

const url = 'https://auth.example/authorize?state=secret';

/** Shows a browser; what it was asked to open, and what was told. */
async function show(openUrl: LoginSettings['openUrl']) {
  const links: string[] = [];
  const told = deferred<LoginEvent>();
  const callback = {
    startLink(leadsTo: string) {
      links.push(leadsTo);
      // An address that the system opens nowhere: it is refused before anything is started.
      return 'file:///nowhere';
    },
  };
  showBrowser(
    url,
    callback,
    { openUrl } as LoginSettings,
    createReport(told.resolve, systemClock),
    new AbortController().signal,
    Promise.resolve(),
  );
  return { links, event: await told.promise };
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

test('R-9700-3 the system’s browser is started with the one-time link, and not with the URL that holds state', async () => {
  expect(await show(systemOpenUrl)).toMatchObject({
    links: [url],
    event: { opened: false, reason: 'the URL is neither https nor loopback' },
  });
});

test('an openUrl of the caller’s own gets the URL itself', async () => {
  const opened: string[] = [];
  const { links } = await show(async (shown) => {
    opened.push(shown);
    return { opened: true };
  });
  expect({ opened, links }).toEqual({ opened: [url], links: [] });
});
