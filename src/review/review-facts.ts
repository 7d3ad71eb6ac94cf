import type { Queryable } from '../db/db.js';
import type { Environment } from '../environment/environment.js';
import { getRevision } from '../environment/revision-store.js';
import type { Run } from '../run/run.js';
import { listReviews } from './review-store.js';
import type { ReviewFacts } from './review-state.js';
import { classOf, ruleFor } from './rule-store.js';

/** Reads all that the review of a run depends on; `summary` is that of its plan. */
export async function readReviewFacts(
  db: Queryable,
  { run, environment, summary }: { run: Run; environment: Environment; summary: unknown },
): Promise<ReviewFacts> {
  const rule = await ruleFor(db, { tenantId: run.tenantId, class: classOf(environment) });
  const { createdBy } = await getRevision(db, run.environmentId, run.revision);
  const reviews = await listReviews(db, run.runId);
  const authors = run.kind === 'destroy' ? [run.authorId] : [run.authorId, createdBy];
  return { run, environmentName: environment.name, rule, authors, reviews, summary };
}
