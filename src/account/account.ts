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
  readonly createdAt: Date;
}

export const accountProviders = ['aws', 'sandbox'] as const;
export type AccountProvider = (typeof accountProviders)[number];

export type CreateAccount = Pick<Account, 'tenantId' | 'name' | 'provider' | 'cloudAccountId' | 'regions'>;

export interface AccountFilter {
  readonly tenantId?: string;
  readonly name?: string;
  readonly provider?: AccountProvider;
}
