import type { Queryable } from '../db/db.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { Token } from './token.js';

const columns = `token_id as "tokenId", name, role, tenant_id as "tenantId", created_at as "createdAt",
  expires_at as "expiresAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"`;

export type NewToken = Pick<Token, 'tokenId' | 'name' | 'role' | 'tenantId' | 'expiresAt'> & {
  readonly tokenHash: string;
};

export async function insertToken(db: Queryable, token: NewToken): Promise<Token> {
  const { rows } = await db.query<Token>(
    `insert into tokens (token_id, name, token_hash, role, tenant_id, expires_at) values ($1, $2, $3, $4, $5, $6)
     returning ${columns}`,
    [token.tokenId, token.name, token.tokenHash, token.role, token.tenantId, token.expiresAt],
  );
  const stored = rows[0];
  if (stored === undefined) throw new Error('insert returned no row');
  return stored;
}

/** The token of that hash unless it is revoked; expired ones are found. */
export async function findTokenByHash(db: Queryable, tokenHash: string): Promise<Token | undefined> {
  const { rows } = await db.query<Token>(
    `select ${columns} from tokens where token_hash = $1 and revoked_at is null`,
    [tokenHash],
  );
  return rows[0];
}

/** Notes that the token was used, at most once a minute. */
export async function touchToken(db: Queryable, tokenId: string, now: Date): Promise<void> {
  await db.query(
    `update tokens set last_used_at = $2
     where token_id = $1 and (last_used_at is null or last_used_at <= $2::timestamptz - interval '1 minute')`,
    [tokenId, now],
  );
}

/** Tokens newest first, revoked ones too; `within` null = of every tenant. */
export async function listTokens(
  db: Queryable,
  within: string | null,
  page: PageRequest,
): Promise<Page<Token>> {
  const { rows } = await db.query<Token>(
    `select ${columns} from tokens
     where ($1::text is null or tenant_id = $1) and ($2::text is null or token_id < $2)
     order by token_id desc limit $3`,
    [within, page.after ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, (token) => token.tokenId);
}

/** Revokes a token for good; revoking again changes nothing. Undefined when there is none within the tenant. */
export async function revokeToken(
  db: Queryable,
  within: string | null,
  token: { readonly tokenId: string; readonly now: Date },
): Promise<Token | undefined> {
  const { rows } = await db.query<Token>(
    `update tokens set revoked_at = coalesce(revoked_at, $3)
     where token_id = $2 and ($1::text is null or tenant_id = $1) returning ${columns}`,
    [within, token.tokenId, token.now],
  );
  return rows[0];
}
