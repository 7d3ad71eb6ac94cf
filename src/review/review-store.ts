/** Reviews of plans, and comments on runs. Neither is ever changed: a new word follows an old one. */
import type { Queryable } from '../db/db.js';
import { toPage, type Page, type PageRequest } from '../lib/page.js';
import type { ReviewRecord } from '../run/run.js';

const reviewColumns = `review_id as "reviewId", plan_id as "planId", decision, reviewed_by as "reviewedBy",
  coalesce(reviewer_id, reviewed_by) as "reviewerId", carried_from as "carriedFrom", note, created_at as "createdAt"`;

export type NewReview = Omit<ReviewRecord, 'createdAt'> & { readonly runId: string };

/** Its time is that of the insert, not of the transaction: reviews of one run follow each other in the order of their lock. */
export async function insertReview(tx: Queryable, review: NewReview): Promise<void> {
  await tx.query(
    `insert into reviews (review_id, run_id, plan_id, decision, reviewed_by, reviewer_id, carried_from, note,
       created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())`,
    [
      review.reviewId,
      review.runId,
      review.planId,
      review.decision,
      review.reviewedBy,
      review.reviewerId,
      review.carriedFrom,
      review.note,
    ],
  );
}

/** Oldest first. */
export async function listReviews(db: Queryable, runId: string): Promise<ReviewRecord[]> {
  const { rows } = await db.query<ReviewRecord>(
    `select ${reviewColumns} from reviews where run_id = $1 order by created_at, review_id`,
    [runId],
  );
  return rows;
}

export interface RunComment {
  readonly commentId: string;
  readonly runId: string;
  /** The plan that the run had then. */
  readonly planId: string | null;
  readonly authorId: string;
  readonly writtenBy: string;
  readonly text: string;
  readonly createdAt: Date;
}

const commentColumns = `comment_id as "commentId", run_id as "runId", plan_id as "planId", author_id as "authorId",
  written_by as "writtenBy", text, created_at as "createdAt"`;

export async function insertComment(
  tx: Queryable,
  comment: Omit<RunComment, 'createdAt'>,
): Promise<RunComment> {
  const { rows } = await tx.query<RunComment>(
    `insert into run_comments (comment_id, run_id, plan_id, author_id, written_by, text)
     values ($1, $2, $3, $4, $5, $6) returning ${commentColumns}`,
    [comment.commentId, comment.runId, comment.planId, comment.authorId, comment.writtenBy, comment.text],
  );
  return rows[0] as RunComment;
}

/** Oldest first; `after` is the id last seen. */
export async function listComments(
  db: Queryable,
  runId: string,
  page: PageRequest,
): Promise<Page<RunComment>> {
  const { rows } = await db.query<RunComment>(
    `select ${commentColumns} from run_comments
     where run_id = $1 and ($2::text is null or comment_id > $2) order by comment_id limit $3`,
    [runId, page.after ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, (comment) => comment.commentId);
}
