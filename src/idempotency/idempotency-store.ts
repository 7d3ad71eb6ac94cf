import type { Queryable } from '../db/db.js';

/** A first request's claim on a key, with what fences its end against a later claim. */
export interface Claim {
  readonly tokenId: string;
  readonly key: string;
  readonly claimedAt: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'reused' }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer };

interface Row {
  readonly requestSha256: string;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: unknown;
}

/**
 * Claims a key for a request, or says what became of it before. Keys live 24 hours; a claim without an answer is given up after
 * two minutes, since its process has died by then.
 */
export async function claimKey(
  db: Queryable,
  request: { readonly tokenId: string; readonly key: string; readonly requestSha256: string },
): Promise<ClaimResult> {
  const { tokenId, key, requestSha256 } = request;
  const { rows } = await db.query<{ claimedAt: string }>(
    `insert into idempotency_keys as k (token_id, key, request_sha256) values ($1, $2, $3)
     on conflict (token_id, key) do update
       set request_sha256 = excluded.request_sha256, status = null, headers = null, body = null, created_at = now()
       where k.created_at < now() - interval '24 hours'
          or (k.status is null and k.created_at < now() - interval '2 minutes')
     returning created_at::text as "claimedAt"`,
    [tokenId, key, requestSha256],
  );
  if (rows[0] !== undefined)
    return { kind: 'claimed', claim: { tokenId, key, claimedAt: rows[0].claimedAt } };
  const found = await db.query<Row>(
    `select request_sha256 as "requestSha256", status, headers, body from idempotency_keys
     where token_id = $1 and key = $2`,
    [tokenId, key],
  );
  const row = found.rows[0];
  if (row === undefined) return { kind: 'in_progress' };
  if (row.requestSha256 !== requestSha256) return { kind: 'reused' };
  if (row.status === null) return { kind: 'in_progress' };
  return { kind: 'answered', answer: { status: row.status, headers: row.headers ?? {}, body: row.body } };
}

/** Keeps the answer for whoever asks again with the same key. */
export async function storeAnswer(db: Queryable, claim: Claim, answer: StoredAnswer): Promise<void> {
  await db.query(
    `update idempotency_keys set status = $4, headers = $5, body = $6
     where token_id = $1 and key = $2 and created_at = $3::timestamptz`,
    [claim.tokenId, claim.key, claim.claimedAt, answer.status, answer.headers, JSON.stringify(answer.body)],
  );
}

/** Frees the key of a request that failed for a reason of ours: it may be asked again. */
export async function freeKey(db: Queryable, claim: Claim): Promise<void> {
  await db.query(
    `delete from idempotency_keys where token_id = $1 and key = $2 and created_at = $3::timestamptz`,
    [claim.tokenId, claim.key, claim.claimedAt],
  );
}

/** Forgets keys older than 24 hours; returns how many. */
export async function deleteOldKeys(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `delete from idempotency_keys where created_at < now() - interval '24 hours'`,
  );
  return rowCount ?? 0;
}
