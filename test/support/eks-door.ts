/** Lets in whoever an EKS cluster would, as its authenticator does: it asks STS whose signature the token is. */
export interface EksDoor {
  readonly cluster: string;
  /** Of the stand-in for AWS; a token that would have another address asked is refused. */
  readonly sts: string;
  /** ARNs of roles that have an access entry. */
  readonly roles: ReadonlySet<string>;
  /** @default the clock */
  readonly now?: () => number;
}

const prefix = 'k8s-aws-v1.';
const lastsMs = 15 * 60_000;

/** Whether the cluster takes the token: signed for it and in time, by a session of a role that has an entry. */
export async function takesToken(
  { cluster, sts, roles, now = Date.now }: EksDoor,
  token: string,
): Promise<boolean> {
  const text = token.startsWith(prefix)
    ? Buffer.from(token.slice(prefix.length), 'base64url').toString()
    : '';
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const asked = url.searchParams;
  const signedAt = Date.parse(
    (asked.get('X-Amz-Date') ?? '').replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  const isQuestion = url.origin === new URL(sts).origin && asked.get('Action') === 'GetCallerIdentity';
  const isForUs = (asked.get('X-Amz-SignedHeaders') ?? '').split(';').includes('x-k8s-aws-id');
  if (!isQuestion || !isForUs || !(now() < signedAt + lastsMs)) return false;
  const answer = await fetch(url, { headers: { 'x-k8s-aws-id': cluster } });
  const session = /arn:(aws[\w-]*):sts::(\d+):assumed-role\/([^/]+)\//.exec(await answer.text());
  if (!answer.ok || session === null) return false;
  const [, partition, account, role] = session;
  return roles.has(`arn:${partition}:iam::${account}:role/${role}`);
}
