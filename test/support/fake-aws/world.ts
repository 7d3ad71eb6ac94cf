/** What exists in the stand-in for AWS: accounts, roles with their policies, keys and sessions. */
import { randomBytes } from 'node:crypto';
import type { Keys } from '../../../src/credentials/aws-connection.js';
import type { Policy } from './policy.js';

export interface FakeRole {
  /** Who may assume it, and on what condition. */
  readonly trust: Policy;
  /** What it may do. @default everything */
  readonly permissions?: Policy;
  /** @default 3600 */
  readonly maxSessionSeconds?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A thing that has tags. */
export interface FakeThing {
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  /** What its own service says of it, such as `deleted`; null = that knows it no more, and its tags are listed still. */
  readonly state?: string | null;
}

export interface FakeCluster {
  readonly endpoint: string;
  /** PEM. */
  readonly certificateAuthority: string;
  /** @default ACTIVE */
  readonly status?: string;
}

/** One account. What is not given is empty; quotas have AWS's defaults. */
export interface FakeAccount {
  readonly roles?: Readonly<Record<string, FakeRole>>;
  /** Regions that are opt-in and enabled; the usual ones need no opt-in. */
  readonly optedIn?: readonly string[];
  /** CIDR blocks of VPCs by region. */
  readonly vpcs?: Readonly<Record<string, readonly string[]>>;
  /** Addresses, NAT gateways and vCPUs in use, by region. */
  readonly used?: Readonly<Record<string, FakeUsage>>;
  /** `service/code` -> value. */
  readonly quotas?: Readonly<Record<string, number>>;
  readonly clusters?: Readonly<Record<string, FakeCluster>>;
  /** By ARN. */
  readonly things?: Readonly<Record<string, FakeThing>>;
}

export interface FakeUsage {
  readonly addresses?: number;
  readonly natGateways?: number;
  readonly vcpus?: number;
}

/** A bucket; names are one space for all accounts. */
export interface FakeBucket {
  readonly account: string;
  readonly region: string;
  readonly versioning: boolean;
  readonly encryption?: { readonly algorithm: 'AES256' | 'aws:kms'; readonly kmsKeyArn?: string };
  /** Every version by key, the newest last; a removed object is forgotten. */
  readonly objects: Map<string, readonly FakeObject[]>;
}

export interface FakeObject {
  readonly body: string;
  readonly etag: string;
  readonly version?: string;
  /** How it is encrypted. */
  readonly algorithm: string;
  readonly kmsKeyArn?: string | undefined;
}

/** Who has an access key: a user of the control account, or a session. */
export interface Identity {
  readonly keys: Keys;
  readonly account: string;
  readonly arn: string;
  /** The role's ARN, and what a session is bound by. */
  readonly role?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitive: readonly string[];
  readonly policy?: Policy;
  readonly name?: string;
}

/** One call that came in, for tests to look at. No secret is kept but the external id. */
export interface FakeCall {
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly account: string;
  readonly principal: string;
  readonly params: Readonly<Record<string, string>>;
}

/** An error as AWS would answer it. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

export class World {
  readonly identities = new Map<string, Identity>();
  readonly buckets = new Map<string, FakeBucket>();
  readonly calls: FakeCall[] = [];
  /** Thrown in place of the next answers to an action, in order. */
  readonly faults = new Map<string, Refusal[]>();

  constructor(
    readonly accounts: Map<string, FakeAccount>,
    readonly now: () => Date,
  ) {}

  account(id: string): FakeAccount {
    const found = this.accounts.get(id);
    if (found === undefined) throw new Refusal('AccessDenied', `no account ${id}`, 403);
    return found;
  }

  role(arn: string): FakeRole | undefined {
    const [, , , , account = '', resource = ''] = arn.split(':');
    return this.accounts.get(account)?.roles?.[resource.replace(/^role\//, '')];
  }

  /** Keys for a user (`AKIA`) or a session (`ASIA`). */
  issue(identity: Omit<Identity, 'keys'>, expiration?: Date): Keys {
    const keys: Keys = {
      accessKeyId: `${expiration === undefined ? 'AKIA' : 'ASIA'}${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      ...(expiration === undefined
        ? {}
        : { sessionToken: `FwoGZXIvYXdz${randomBytes(150).toString('base64')}`, expiration }),
    };
    this.identities.set(keys.accessKeyId, { ...identity, keys });
    return keys;
  }
}
