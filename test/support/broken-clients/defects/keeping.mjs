/** Clients that are careless with what they were given: refresh tokens, secrets, device codes, the way out. */

export const keepingDefects = {
  'refresh-token-kept': {
    what: 'keeps the old refresh token after a rotation',
    rule: 'refresh-token-once',
    changes: {
      replace: (before, response) => ({ ...before, ...response, refresh_token: before.refresh_token }),
    },
  },
  'refresh-concurrent': {
    what: 'refreshes twice at the same time',
    rule: 'refresh-token-once',
    changes: { sharesRenewal: false },
  },
  'refresh-repeated': {
    what: 'sends a refresh token again when the answer was lost',
    fault: 'refresh-answer-lost',
    rule: 'refresh-token-once',
    changes: { renewal: (send) => send().catch(() => send()) },
  },
  'secret-in-log': {
    what: 'logs the token response',
    rule: 'no-secret-shown',
    changes: { signedIn: ({ say }, tokens) => say(`Signed in: ${JSON.stringify(tokens)}`) },
  },
  'secret-in-argv': {
    what: 'starts another program with the access token among its arguments',
    rule: 'no-secret-shown',
    changes: {
      signedIn: ({ start }, { access_token: token }, { userinfo_endpoint: url }) =>
        start(['curl', '--header', `Authorization: Bearer ${token}`, url]),
    },
  },
  'token-in-url': {
    what: 'has the access token in the URL',
    rule: 'bearer-header',
    changes: {
      bearer: (request, token) => ({ ...request, url: `${request.url}?access_token=${token}` }),
    },
  },
  'revokes-access-only': {
    what: 'signs out and leaves the refresh token alive',
    rule: 'refresh-token-revoked-first',
    changes: {
      toRevoke: ({ access_token: token }) => ({ token, token_type_hint: 'access_token' }),
    },
  },
  'polls-too-fast': {
    what: 'polls for a device code without waiting',
    fault: 'device-pending',
    device: true,
    rule: 'device-interval',
    changes: { waitBeforePoll: () => undefined },
  },
  'slow-down-ignored': {
    what: 'polls as before when it is told to slow down',
    fault: 'device-slow-down',
    device: true,
    rule: 'device-interval',
    changes: { slowDown: (interval) => interval },
  },
};
