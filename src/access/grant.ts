import type { Role } from './rights.js';

/** A role that an admin gave to a person of the identity provider, in one tenant or, `tenantId` null, in all. */
export interface Grant {
  readonly grantId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly role: Role;
  readonly tenantId: string | null;
  /** What it is for, in the admin's words. */
  readonly note: string | null;
  readonly grantedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface CreateGrant {
  readonly subject: string;
  readonly role: Role;
  readonly tenantId: string | null;
  readonly note: string | null;
  readonly expiresInHours: number | null;
}
