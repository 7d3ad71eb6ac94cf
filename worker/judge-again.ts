import { getEnvironment } from '../src/environment/environment-store.js';
import { getPlanSummary } from '../src/plan/plan-store.js';
import { applyDenied, judgeAgain } from '../src/policy/judge-again.js';
import { approvalsOf } from '../src/review/review-rules.js';
import { readReviewFacts } from '../src/review/review-facts.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

/**
 * Holds the approved plan against the policies as they are now, before anything is changed. Throws `policy_denied`. What goes on
 * with an apply that has begun is not asked: it stays within what was let pass then.
 */
export async function assertStillAllowed({ db }: WorkerDeps, { run, say }: RunContext): Promise<void> {
  const { tenantId, environmentId } = run;
  const planId = run.planId ?? '';
  const report = await judgeAgain(db, { tenantId, planId }, new Date());
  if (report === null) return;
  for (const { name, version, outcome, message } of report.results)
    if (outcome !== 'passed')
      say(`before the apply: policy ${name} (version ${version}): ${message ?? outcome}`);
  const environment = await getEnvironment(db, tenantId, environmentId);
  const summary = await getPlanSummary(db, planId);
  const { rule, authors, reviews } = await readReviewFacts(db, { run, environment, summary });
  const given = approvalsOf(reviews, { planId, rule, authors }).length;
  const denied = applyDenied(planId, report, { given, needed: rule.settings.approvals });
  if (denied !== null) throw denied;
}
