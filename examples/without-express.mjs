// Tokens that came from elsewhere, recorded as a login would record them. `codex-login/store` loads neither express nor openid-client.
// `node without-express.mjs <store> < tokens.json`: tokens come through stdin, because everybody can read the arguments of a program.
import { openFileStore, recordLogin, selectProfiles } from 'codex-login/store';

const [path] = process.argv.slice(2);
let text = '';
for await (const chunk of process.stdin) text += chunk;
const { access, refresh, expires, email, accountId } = JSON.parse(text);
const provider = 'openai-codex';
const store = openFileStore(path);

// The function gets the newest state, under OpenClaw's own lock; it may be asked again, so that it only computes.
const { profileId, order } = await store.commit((state, { now }) => ({
  write: true,
  ...recordLogin(state, {
    provider,
    preferredProfileId: `${provider}:${email}`,
    profile: { type: 'oauth', provider, access, refresh, expires, email, accountId },
    isSameAccount: (other) => (other.accountId === accountId ? 'same' : 'other'),
    routableBefore: selectProfiles({ state, provider, now }).candidates,
  }),
}));
console.log(`${profileId} is the first of ${order.length}.`);
