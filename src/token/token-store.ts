import { rightsOfRole, type Right } from '../access/rights.js';
import type { Queryable } from '../db/db.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { Token } from './token.js';

const columns = `token_id as "tokenId", name, role, rights as scope, tenant_id as "tenantId", created_at as "createdAt",
  expires_at as "expiresAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"`;

export type NewToken = Pick<Token, 'tokenId' | 'name' | 'role' | 'tenantId' | 'expiresAt'> & {
  readonly tokenHash: string;
  /** @default all of the role */
  readonly rights?: readonly Right[] | null;
};

type Row = Omit<Token, 'rights'> & { readonly scope: readonly Right[] | null };

/** A right that the role has lost since the token was made is lost to the token. */
function tokenOf({ scope, ...row }: Row): Token {
  const ofRole = rightsOfRole[row.role];
  return { ...row, rights: scope === null ? ofRole : ofRole.filter((right) => scope.includes(right)) };
}

export async function insertToken(db: Queryable, token: NewToken): Promise<Token> {
  const { rows } = await db.query<Row>(
    `insert into tokens (token_id, name, token_hash, role, tenant_id, expires_at, rights) values ($1, $2, $3, $4, $5, $6, $7)
     returning ${columns}`,
    [
      token.tokenId,
      token.name,
      token.tokenHash,
      token.role,
      token.tenantId,
      token.expiresAt,
      token.rights ?? null,
    ],
  );
  const stored = rows[0];
  if (stored === undefined) throw new Error('insert returned no row');
  return tokenOf(stored);
}

/** The token of that hash unless it is revoked; expired ones are found. */
export async function findTokenByHash(db: Queryable, tokenHash: string): Promise<Token | undefined> {
  const { rows } = await db.query<Row>(
    `select ${columns} from tokens where token_hash = $1 and revoked_at is null`,
    [tokenHash],
  );
  return rows[0] && tokenOf(rows[0]);
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
  const { rows } = await db.query<Row>(
    `select ${columns} from tokens
     where ($1::text is null or tenant_id = $1) and ($2::text is null or token_id < $2)
     order by token_id desc limit $3`,
    [within, page.after ?? null, page.limit + 1],
  );
  return toPage(rows.map(tokenOf), page.limit, (token) => token.tokenId);
}

/** Revokes a token for good; revoking again changes nothing. Undefined when there is none within the tenant. */
export async function revokeToken(
  db: Queryable,
  within: string | null,
  token: { readonly tokenId: string; readonly now: Date },
): Promise<Token | undefined> {
  const { rows } = await db.query<Row>(
    `update tokens set revoked_at = coalesce(revoked_at, $3)
     where token_id = $2 and ($1::text is null or tenant_id = $1) returning ${columns}`,
    [within, token.tokenId, token.now],
  );
  return rows[0] && tokenOf(rows[0]);
}

/** Revokes every token that is bound to a tenant. */
export async function revokeTokensOf(tx: Queryable, tenantId: string): Promise<void> {
  await tx.query(`update tokens set revoked_at = now() where tenant_id = $1 and revoked_at is null`, [
    tenantId,
  ]);
}
