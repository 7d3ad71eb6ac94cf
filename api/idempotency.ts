import type { Request, Response } from 'express';
import type { Db } from '../src/db/db.js';
import { AppError, appError } from '../src/errors/app-error.js';
import { openAnswer, sealAnswer } from '../src/idempotency/answer-seal.js';
import { claimKey, freeKey, storeAnswer } from '../src/idempotency/idempotency-store.js';
import { canonicalJson } from '../src/lib/canonical-json.js';
import { sha256 } from '../src/lib/hash.js';
import { locals } from './locals.js';
import { problemOf } from './problem.js';

/** An answer that can be kept: JSON only. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const keyForm = /^[\x21-\x7e]{1,255}$/;

/**
 * Runs `work` once per `Idempotency-Key` of a token (draft-ietf-httpapi-idempotency-key-header). The same key with the same path,
 * body and tenant gets the kept answer with `Idempotency-Replayed: true`, refusals included; with another one 422; while the first is at
 * work 409. A fault of ours (5xx) frees the key. Kept for 24 hours.
 */
export async function once(
  db: Db,
  { req, res }: { req: Request; res: Response },
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const key = req.get('idempotency-key');
  const { principal, sealText } = locals(res);
  if (key === undefined || principal === undefined || sealText === undefined) return work();
  if (!keyForm.test(key)) {
    const message = 'must be 1 to 255 visible ASCII characters';
    throw appError('invalid_request', `Idempotency-Key: ${message}`, {
      errors: [{ path: 'Idempotency-Key', message }],
    });
  }
  const requestSha256 = sha256(canonicalJson([req.method, req.path, req.body ?? null, principal.tenantId]));
  const result = await claimKey(db, { tokenId: principal.tokenId, key, requestSha256 });
  if (result.kind === 'reused')
    throw appError(
      'idempotency_key_reused',
      `Idempotency-Key ${key} was used with another body, path or tenant: use a new key`,
    );
  if (result.kind === 'in_progress')
    throw appError(
      'idempotency_in_progress',
      `the first request with Idempotency-Key ${key} is still at work: ask again`,
    );
  if (result.kind === 'answered') return replay(result.answer, sealText, key);
  const answer = await work().catch(async (thrown: unknown) => {
    if (thrown instanceof AppError && thrown.status < 500) return refusal(thrown, locals(res).requestId);
    await freeKey(db, result.claim);
    throw thrown;
  });
  const sealed = sealAnswer(JSON.stringify(answer.body ?? null), sealText, key);
  await storeAnswer(db, result.claim, { status: answer.status, headers: answer.headers, body: { sealed } });
  return answer;
}

function refusal(error: AppError, requestId: string): KeptAnswer {
  return {
    status: error.status,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: problemOf(error, requestId),
  };
}

function replay(kept: KeptAnswer, sealText: string, key: string): KeptAnswer {
  const { sealed } = kept.body as { sealed: string };
  return {
    status: kept.status,
    headers: { ...kept.headers, 'Idempotency-Replayed': 'true' },
    body: JSON.parse(opened(sealed, sealText, key)),
  };
}

/** A person's answers are sealed by a secret of the server, which changes with its encryption key. */
function opened(sealed: string, sealText: string, key: string): string {
  try {
    return openAnswer(sealed, sealText, key);
  } catch (cause) {
    throw appError(
      'idempotency_key_reused',
      `the answer to Idempotency-Key ${key} was sealed by a former key of the server: use a new key`,
      { cause },
    );
  }
}
