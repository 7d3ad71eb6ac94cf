/** A customer; owns accounts and environments. */
export interface Tenant {
  readonly tenantId: string;
  readonly name: string;
  /** Short name in DNS form, part of generated names; never changes. */
  readonly slug: string;
  readonly status: TenantStatus;
  /** Own limit of live environments; null = no limit besides MAX_ENVIRONMENTS_PER_USER. */
  readonly maxEnvironments: number | null;
  readonly createdAt: Date;
}

export const tenantStatuses = ['active', 'suspended', 'offboarded'] as const;
export type TenantStatus = (typeof tenantStatuses)[number];

export interface CreateTenant {
  readonly name: string;
  readonly slug: string;
  readonly maxEnvironments: number | null;
}

export interface TenantFilter {
  readonly tenantId?: string;
  readonly slug?: string;
  readonly status?: TenantStatus;
}
