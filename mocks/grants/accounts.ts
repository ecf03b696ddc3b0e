/**
 * The people who can sign in at the mock, and how the claims describe them. All made up, at example.com.
 * It does not decide who signs in: that is the authorization endpoint's business.
 */

/** A person within a ChatGPT workspace. One e-mail may appear in several. */
export interface Account {
  /** Absent: an account without an e-mail. */
  email?: string;
  /** The workspace, `chatgpt_account_id`: a UUID at OpenAI. */
  accountId: string;
  /** The person, `chatgpt_user_id`; `sub` is derived from it. */
  userId: string;
  /** `chatgpt_account_user_id`; `<userId>__<accountId>` by default. */
  accountUserId?: string;
  /** `chatgpt_plan_type`, e.g. `plus`. */
  plan: string;
  name?: string;
  /** What the page calls the workspace. */
  workspace?: string;
  organizationId?: string;
}

/**
 * Two people, one of them in two workspaces, so that the sign-in page has a choice to offer and an e-mail alone does not tell who it
 * is; the first is who signs in without a page.
 */
export const defaultAccounts: readonly Account[] = [
  {
    email: 'robin@example.com',
    accountId: '6f2c1a58-3d0e-4b7a-9c41-0d5e8a7b1f20',
    userId: 'user-RobinExample0000000000',
    plan: 'plus',
    name: 'Robin Example',
    workspace: 'Personal',
    organizationId: 'org-RobinExample000000000',
  },
  {
    email: 'sam@example.com',
    accountId: 'b81d4fae-7dec-41d0-a765-00a0c91e6bf6',
    userId: 'user-SamExample00000000000',
    plan: 'team',
    name: 'Sam Example',
    workspace: 'Example Team',
    organizationId: 'org-ExampleTeam0000000000',
  },
  {
    email: 'robin@example.com',
    accountId: 'b81d4fae-7dec-41d0-a765-00a0c91e6bf6',
    userId: 'user-RobinExample0000000000',
    plan: 'team',
    name: 'Robin Example',
    workspace: 'Example Team',
    organizationId: 'org-ExampleTeam0000000000',
  },
];

/** Who is meant: an account as it is, or something that only one of them has. */
export interface AccountChoice {
  /** The account; or its e-mail, `accountId`, `userId` or name. */
  account?: Account | string;
  /** Its workspace: the name, or `accountId`. Where an e-mail is in several. */
  workspace?: string;
}

/**
 * The one account of these that is meant; the first where nothing is said.
 * @throws RangeError where none is, or several are
 */
export function chooseAccount(accounts: readonly Account[], choice: AccountChoice = {}): Account {
  const { account, workspace } = choice;
  if (typeof account === 'object') return account;
  if (account === undefined && workspace === undefined && accounts[0] !== undefined) return accounts[0];
  const found = accounts.filter(
    (one) =>
      (account === undefined || [one.email, one.accountId, one.userId, one.name].includes(account)) &&
      (workspace === undefined || [one.workspace, one.accountId].includes(workspace)),
  );
  const [only, another] = found;
  const asked = [account, workspace].filter((part) => part !== undefined).join(', ');
  if (only === undefined) throw new RangeError(`No account here is ${asked}.`);
  if (another !== undefined)
    throw new RangeError(`Several accounts are ${asked}: say which workspace is meant.`);
  return only;
}

/**
 * The accounts that an `allowed_workspace_id` (comma-separated; undefined for any) leaves, in their order.
 */
export function accountsWithin(
  accounts: readonly Account[],
  allowedWorkspaceId: string | undefined,
): readonly Account[] {
  if (allowedWorkspaceId === undefined) return accounts;
  const allowed = allowedWorkspaceId.split(',').map((id) => id.trim());
  return accounts.filter(({ accountId }) => allowed.includes(accountId));
}

/** `sub`: stable for a person, and no e-mail. */
export function subjectOf({ userId }: Account): string {
  return `auth0|${userId.replace(/^user-/, '')}`;
}

/** The value of the claim `https://api.openai.com/auth`. */
export function authClaimOf(account: Account): Record<string, unknown> {
  const { accountId, userId, accountUserId, plan, organizationId } = account;
  return {
    chatgpt_account_id: accountId,
    chatgpt_account_user_id: accountUserId ?? `${userId}__${accountId}`,
    chatgpt_plan_type: plan,
    chatgpt_user_id: userId,
    user_id: userId,
    ...(organizationId === undefined ? {} : { organization_id: organizationId }),
  };
}

/**
 * `email` and `email_verified`, as the ID token and the profile claim have them; nothing without an e-mail.
 */
export function emailClaimsOf({ email }: Account): Record<string, unknown> {
  return email === undefined ? {} : { email, email_verified: true };
}
