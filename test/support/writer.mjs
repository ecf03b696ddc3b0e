// A process that commits logins to one file, as fast as it can: `node writer.mjs <store module> <file> <name> <count>`.
// It says "<name><index>" once that commit was acknowledged.

const [module, path, name, count] = process.argv.slice(2);
const { openFileStore, recordLogin } = await import(module);
const provider = 'openai-codex';
const store = openFileStore(path);
for (let index = 0; index < Number(count); index += 1) {
  const account = `${name}${index}`;
  await store.commit((state) => {
    const { next, result } = recordLogin(state, {
      provider,
      preferredProfileId: `${provider}:${account}@example.com`,
      profile: {
        type: 'oauth',
        provider,
        access: 'a'.repeat(2000),
        refresh: account,
        expires: 1_900_000_000_000,
        accountId: account,
      },
      isSameAccount: (stored) => (stored.accountId === account ? 'same' : 'other'),
      routableBefore: Object.keys(state.profiles),
    });
    return { write: true, next, result };
  });
  process.stdout.write(`${account}\n`);
}
