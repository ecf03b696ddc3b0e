// A program that calls an API with the stored credential: `node token-consumer.mjs <store> <url>`.
import { CredentialError, requireCredential } from 'codex-login';
import { openFileStore } from 'codex-login/store';

const [path, url] = process.argv.slice(2);
const store = openFileStore(path);

/** One request; after a 401 once more, with any token but the one that was rejected. */
async function call(rejected) {
  const { accessToken, accountId } = await requireCredential({ store, ...(rejected && { rejected }) });
  const headers = new Headers({ authorization: `Bearer ${accessToken}` });
  if (accountId !== undefined) headers.set('chatgpt-account-id', accountId);
  const answer = await fetch(url, { headers });
  return answer.status === 401 && rejected === undefined ? call(accessToken) : answer;
}

try {
  const answer = await call();
  console.log(`${answer.status} ${await answer.text()}`);
} catch (error) {
  if (!(error instanceof CredentialError)) throw error;
  // ERR_NO_CREDENTIAL and ERR_REFRESH_REFUSED: only the person can help. ERR_REFRESH_PENDING: later.
  console.error(`${error.summary} ${error.hint}`);
  process.exitCode = error.exitCode;
}
