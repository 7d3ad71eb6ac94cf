import { randomBytes } from 'node:crypto';
import { sha256 } from '../lib/hash.js';
import type { Right, Role } from '../access/rights.js';
import type { Principal } from './principal.js';

/** A bearer token as stored: its text is known to its holder alone. */
export interface Token {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
  /** Those of the role, or fewer. */
  readonly rights: readonly Right[];
  readonly tenantId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface CreateToken {
  readonly name: string;
  readonly role: Role;
  /** Null = all of the role. */
  readonly rights: readonly Right[] | null;
  readonly tenantId: string | null;
  readonly expiresInHours: number | null;
}

const form = /^trc_[A-Za-z0-9_-]{43}$/;

/** A new token: `trc_` and 256 random bits in base64url. */
export function newTokenText(): string {
  return `trc_${randomBytes(32).toString('base64url')}`;
}

export function isTokenText(text: string): boolean {
  return form.test(text);
}

/** What is stored of a token. 256 random bits need no slow hash. */
export function hashToken(text: string): string {
  return sha256(text);
}

export type Authentication =
  | { readonly principal: Principal }
  | { readonly refused: 'garbled' | 'unknown' }
  | { readonly refused: 'expired'; readonly expiredAt: Date };
