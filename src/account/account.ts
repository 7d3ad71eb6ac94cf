/** A cloud account of a tenant. `sandbox` is served by the embedded stand-in, `aws` by the customer's own cloud. */
export interface Account {
  readonly accountId: string;
  readonly tenantId: string;
  readonly name: string;
  readonly provider: AccountProvider;
  /** Twelve digits. */
  readonly cloudAccountId: string;
  /** Regions environments may be in; at least one. */
  readonly regions: readonly string[];
  /** Assumed to plan: reads. Null until the customer has made it. */
  readonly planRoleArn: string | null;
  /** Assumed to apply: writes. */
  readonly applyRoleArn: string | null;
  /** Roles assumed on the way from the control account, in order. */
  readonly chainRoleArns: readonly string[];
  /** Where Kubernetes objects go; null = nowhere yet. */
  readonly cluster: Cluster | null;
  readonly state: StateLocation;
  /** Rises with each change of what a verification proves. */
  readonly version: number;
  /** When the account was last proven usable as it is now; null = it must be verified first. */
  readonly verifiedAt: Date | null;
  /** Whether a new external id waits to be confirmed. */
  readonly externalIdRotating: boolean;
  readonly createdAt: Date;
}

export const accountProviders = ['aws', 'sandbox'] as const;
export type AccountProvider = (typeof accountProviders)[number];

/** `secretRef` names a file of the worker's secrets that holds the kubeconfig. */
export type Cluster =
  | { readonly kind: 'eks'; readonly name: string }
  | { readonly kind: 'kubeconfig'; readonly secretRef: string };

/** `managed` = sealed, in Terrace's database; `s3` = in a bucket of the customer, one object an environment. */
export type StateLocation =
  | { readonly kind: 'managed' }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly region: string;
      readonly kmsKeyArn: string | null;
    };

/** What can be set when an account is recorded, and changed later. */
export interface AccountSettings {
  readonly name: string;
  readonly regions: readonly string[];
  readonly planRoleArn: string | null;
  readonly applyRoleArn: string | null;
  readonly chainRoleArns: readonly string[];
  readonly cluster: Cluster | null;
  readonly state: StateLocation;
}

export type CreateAccount = Pick<Account, 'tenantId' | 'provider' | 'cloudAccountId'> &
  Pick<AccountSettings, 'name' | 'regions'> &
  Partial<AccountSettings>;

export type ChangeAccount = Partial<AccountSettings>;

export interface AccountFilter {
  readonly tenantId?: string;
  readonly name?: string;
  readonly provider?: AccountProvider;
}

/** The external ids a role is tried with, in order: the present one, then the one it is being changed to. */
export interface ExternalIds {
  readonly current: string;
  readonly next: string | null;
}
