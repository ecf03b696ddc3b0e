// A command line that signs a person in, and says what came of it. MY_CLI_ISSUER points it at another server, as its test does.
import { LoginError, login, openaiCodex, overrideProvider } from 'codex-login';
import { openFileStore } from 'codex-login/store';

const { MY_CLI_ISSUER: issuer, MY_CLI_STORE: path = './auth-profiles.json' } = process.env;
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
try {
  const { email, routable } = await login({
    ...(issuer && { provider: overrideProvider(openaiCodex, { issuer, port: 0 }), openUrl: false }),
    store: openFileStore(path),
    signal: interrupted.signal,
    onEvent(event) {
      if (event.type === 'authorization_url') console.error(`Sign in: ${event.url}`);
    },
  });
  console.log(`Signed in as ${email}; it ${routable ? 'will' : 'will not'} be used.`);
} catch (error) {
  if (!(error instanceof LoginError)) throw error;
  console.error(`${error.summary}\n${error.hint} (${error.code})`);
  process.exitCode = error.exitCode;
}
