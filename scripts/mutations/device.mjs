// Ways to break signing in on another device: description, file, edits, test file, test name.

const polling = 'src/oauth/device-polling.ts';
const response = 'src/oauth/device-response.ts';
const request = 'src/oauth/device-request.ts';
const openai = 'src/oauth/openai-device-flow.ts';
const rfc8628 = 'src/oauth/rfc8628-device-flow.ts';
const tests = 'test/unit/oauth/device-authorization.test.ts';
const pure = 'test/unit/oauth/device-response.test.ts';

/** @type {import('../mutations.mjs').Mutation[]} */
export const mutations = [
  [
    'device: polls twice as fast as the interval',
    polling,
    [['let intervalMs = intervalSeconds * 1000;', 'let intervalMs = intervalSeconds * 500;']],
    tests,
    'R-8628-1 polls no faster than the interval',
  ],
  [
    'device: the first poll is sent at once',
    polling,
    [
      [
        'await clock.sleep(Math.max(0, Math.min(waitMs, leftMs)), signal);',
        'if (waits++ > 0) await clock.sleep(Math.max(0, Math.min(waitMs, leftMs)), signal);',
      ],
      ['let faults = 0;', 'let faults = 0;\n  let waits = 0;'],
    ],
    tests,
    'R-8628-1 takes the interval',
  ],
  [
    'device: slow_down is forgotten',
    polling,
    [["if (verdict.kind === 'slow down') intervalMs += SLOW_DOWN_MS;", '']],
    tests,
    'R-8628-1 slow_down adds five seconds',
  ],
  [
    'device: slow_down holds for one poll only',
    polling,
    [
      ["if (verdict.kind === 'slow down') intervalMs += SLOW_DOWN_MS;", ''],
      [
        'notBeforeMs = unavailable?.retryAfterMs ?? 0;',
        "notBeforeMs = verdict.kind === 'slow down' ? intervalMs + SLOW_DOWN_MS : (unavailable?.retryAfterMs ?? 0);",
      ],
    ],
    tests,
    'R-8628-1 slow_down adds five seconds',
  ],
  [
    'device: time-outs do not back off',
    polling,
    [['faults = unavailable ? faults + 1 : 0;', '']],
    tests,
    'R-8628-1 a poll without an answer',
  ],
  [
    'device: a poll is waited for without a limit',
    polling,
    [['Math.min(POLL_TIMEOUT_MS, leftMs)', 'leftMs']],
    tests,
    'R-8628-1 a poll without an answer',
  ],
  [
    'device: the back-off stays after an answer',
    polling,
    [['faults = unavailable ? faults + 1 : 0;', 'faults += unavailable ? 1 : 0;']],
    tests,
    'R-8628-1 a poll without an answer',
  ],
  [
    'device: a broken connection ends the wait',
    polling,
    [["      kind: 'unavailable',\n", "      kind: 'ended',\n"]],
    tests,
    'R-8628-1 a connection that breaks',
  ],
  [
    'device: Retry-After is not kept',
    polling,
    [['notBeforeMs = unavailable?.retryAfterMs ?? 0;', '']],
    tests,
    'R-8628-1 device-poll-429',
  ],
  [
    'device: 429 ends the wait',
    'src/oauth/device-verdict.ts',
    [['status !== 429 && ', '']],
    tests,
    'R-8628-1 device-poll-429',
  ],
  [
    'device: an interval of nothing is believed',
    response,
    [['Number.isFinite(number) && number > 0 ?', 'Number.isFinite(number) ?']],
    pure,
    'R-8628-1',
  ],
  [
    'device: no shortest interval',
    response,
    [['Math.max(seconds, SHORTEST_INTERVAL_SECONDS)', 'seconds']],
    pure,
    'R-8628-1',
  ],
  [
    'device: polls on after the code has expired',
    polling,
    [
      ['if (waitMs >= leftMs || clock.now() >= expires) throw', 'if (waitMs > 1e9) throw'],
      ['Math.max(0, Math.min(waitMs, leftMs))', 'waitMs'],
    ],
    tests,
    'R-8628-2 polling stops when the code expires',
  ],
  [
    'device: the person is blamed for a server that failed',
    polling,
    [['throw fault ?? expiredCodeError();', 'throw expiredCodeError();']],
    tests,
    'R-8628-2 tells of the server',
  ],
  [
    'device: expires_at is read by the clock of this machine',
    request,
    [['Number.isNaN(date) ? clock.now() : date', 'clock.now()']],
    tests,
    'R-8628-2 a clock that is wrong',
  ],
  [
    'device: pending is an end (RFC 8628)',
    rfc8628,
    [["if (oauthError === 'authorization_pending') return { kind: 'pending' };", '']],
    tests,
    'R-8628-2 goes on while',
  ],
  [
    'device: pending is an end (OpenAI)',
    openai,
    [['const isNotYet = status === 403 || status === 404;', 'const isNotYet = false;']],
    tests,
    'R-8628-2 goes on while',
  ],
  [
    'device: 404 is an end',
    openai,
    [['const isNotYet = status === 403 || status === 404;', 'const isNotYet = status === 403;']],
    'test/wire/openai-codex.test.ts',
    'R-8628-1',
  ],
  [
    'device: a refusal is waited out (RFC 8628)',
    rfc8628,
    [
      [
        "if (oauthError === 'access_denied')",
        "if (oauthError === 'access_denied') return { kind: 'pending' };\n  if (oauthError === '')",
      ],
    ],
    tests,
    'R-8628-2 R-6749-1 a refusal',
  ],
  [
    'device: a refusal has no code of its own (OpenAI)',
    openai,
    [['denied|declined|rejected', 'declined|rejected']],
    tests,
    'R-8628-2 R-6749-1 a refusal',
  ],
  [
    'device: an expired code has no code of its own (RFC 8628)',
    rfc8628,
    [["if (oauthError === 'expired_token')", "if (oauthError === 'expired')"]],
    tests,
    "R-8628-2 the server's word",
  ],
  [
    'device: an expired code has no code of its own (OpenAI)',
    openai,
    [['(?:^|_)expired(?:_|$)', '(?:^|_)expires(?:_|$)']],
    tests,
    "R-8628-2 the server's word",
  ],
  [
    'device: the page of the edge is taken for "not yet"',
    openai,
    [["contentType !== 'text/html' && ", '']],
    tests,
    'R-6749-5 device-poll-html',
  ],
  [
    'device: a country that is refused is taken for "not yet"',
    openai,
    [[" && oauthError !== 'unsupported_country_region_territory'", '']],
    tests,
    'R-6749-5 device-poll-region',
  ],
  [
    'device: redirects are followed',
    request,
    [["redirect: 'manual'", "redirect: 'follow'"]],
    tests,
    'R-6749-5 device-poll-redirect',
  ],
  [
    'device: plain http to another machine',
    response,
    [
      [
        "url.protocol !== 'https:' && !(local && url.protocol === 'http:')",
        '!/^https?:$/.test(url.protocol)',
      ],
    ],
    pure,
    'R-8628-3 may not be',
  ],
  [
    'device: a page at any domain',
    response,
    [['isSameDomain(url.hostname, new URL(issuer).hostname)', 'true']],
    pure,
    'R-8628-3 may not be',
  ],
  [
    'device: a domain that only ends like the issuer',
    response,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands in the source.
    [['host.endsWith(`.${issuerHost}`)', 'host.endsWith(issuerHost)']],
    pure,
    'R-8628-3 may not be',
  ],
  [
    'device: a top-level domain is above everything',
    response,
    [["host.includes('.') && ", '']],
    pure,
    'R-8628-3 may not be',
  ],
  [
    'device: names and passwords in the address of the page',
    response,
    [["  if (url.username !== '' || url.password !== '') return undefined;\n", '']],
    pure,
    'R-8628-3 may not be',
  ],
  [
    'device: the page of an issuer on this machine may be anywhere',
    response,
    [['local ? isLoopbackUrl(url.href) :', 'local ? true :']],
    tests,
    'R-8628-3 device-hostile-uri',
  ],
  [
    'device: the page with the code filled in is not looked at',
    rfc8628,
    [['(complete !== undefined && verificationUriComplete === undefined)', 'false']],
    tests,
    'R-8628-3 device-hostile-complete-uri',
  ],
  [
    'device: the user code as it comes',
    response,
    [['foreignText(code, LONGEST_USER_CODE) === code ?', 'true ?']],
    pure,
    'R-8628-3 may not be',
  ],
  [
    'device: the device code is in the address that is shown',
    rfc8628,
    [
      [
        '    verificationUri,\n    verificationUriComplete,',
        '    verificationUri: verificationUri + deviceCode,\n    verificationUriComplete,',
      ],
    ],
    tests,
    'R-8628-4 keeps the device code to itself',
  ],
  [
    'device: a server that quotes the device code is quoted',
    request,
    [['summarizeResponse(response, text, secrets)', 'summarizeResponse(response, text, [])']],
    tests,
    'R-8628-4 a server that quotes',
  ],
  [
    'device: a poll under way is not cancelled',
    request,
    [['    signal: limit,\n  })', '  })']],
    tests,
    'a poll under way is cancelled',
  ],
  [
    'device: 404 is any failure',
    request,
    [['summary.status === 404 || ', '']],
    tests,
    'says which setting is missing',
  ],
  [
    'device: the setting is not named',
    request,
    [['setting === undefined\n', 'setting !== undefined\n']],
    tests,
    'says which setting is missing',
  ],
  [
    'device: the device authorization endpoint may be anything',
    'src/oauth/configuration.ts',
    [['device_authorization_endpoint ?? token_endpoint', 'token_endpoint']],
    'test/unit/oauth/configuration.test.ts',
    'R-6749-5 whose device_authorization_endpoint',
  ],
];
