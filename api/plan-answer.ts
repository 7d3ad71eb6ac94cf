import type { z } from 'zod';
import { renderMarkdown } from '../src/plan/render-markdown.js';
import { renderText } from '../src/plan/render-text.js';
import type { Rendered } from '../src/plan/render.js';
import type { RunService } from '../src/run/run-service.js';
import type { PlanView } from '../src/run/run.js';
import { encodeCursor, pageRequest } from './cursor.js';
import type { Answer, Input } from './route.js';
import * as schema from './schemas/run.js';

type PlanInput = Input<z.output<typeof schema.runParams>, z.output<typeof schema.planQuery>, unknown>;

/** More changes than a text is made of: the rest is read a page at a time. */
const mostInText = 10_000;

/** The plan in the form that the caller accepts. */
export async function answerPlan(
  runs: Pick<RunService, 'plan'>,
  input: PlanInput,
): Promise<Answer<z.input<typeof schema.plan>>> {
  const { ctx, query, req } = input;
  const { run_id: id } = input.params;
  const form = req.accepts(['application/json', 'text/plain', 'text/markdown']);
  if (form === 'text/plain' && query.form === 'terraform') {
    const { text } = await runs.plan(ctx, id, { from: 0, count: 0, text: true });
    return { text, contentType: 'text/plain; charset=utf-8' };
  }
  if (form === 'text/plain' || form === 'text/markdown') {
    const plan = renderedOf(await runs.plan(ctx, id, { from: 0, count: mostInText }));
    const text =
      form === 'text/plain' ? renderText(plan, { color: query.color === 'always' }) : renderMarkdown(plan);
    return { text, contentType: `${form}; charset=utf-8` };
  }
  const { limit, after } = pageRequest(input, 'sequence');
  const from = after === undefined ? 0 : Number(after);
  const plan = await runs.plan(ctx, id, { from, count: limit });
  const next = from + limit < plan.changesTotal ? encodeCursor(req.path, String(from + limit)) : null;
  return { body: schema.planView(plan, next) };
}

/** The stored members have the shapes of src/plan: the worker wrote them from there. */
function renderedOf({ planId, runId, summary, changes, drift, outputs }: PlanView): Rendered {
  return { planId, runId, summary, changes, drift, outputs } as Rendered;
}
