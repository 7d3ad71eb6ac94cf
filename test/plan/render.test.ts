import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/lib/project-root.js';
import { summarizePlan } from '../../src/plan/plan-summary.js';
import { longestMarkdown, renderMarkdown } from '../../src/plan/render-markdown.js';
import { renderText } from '../../src/plan/render-text.js';
import type { Rendered } from '../../src/plan/render.js';
import { riskRules } from '../../src/plan/risk-rules.js';
import { realPlan } from './real-plan.js';

const many = (value: string) => ({
  resource: {
    terraform_data: { all: { for_each: '${toset([for n in range(300): tostring(n)])}', input: value } },
  },
});
let plan: Rendered;
beforeAll(() => {
  const { json } = realPlan(many('a```\u001b[2J' + 'x'.repeat(500)));
  plan = { planId: 'plan_1', runId: 'run_1', ...summarizePlan(json, { kind: 'create', sources: [] }) };
}, 60_000);

describe('a plan of 300 changes', () => {
  test('as Markdown stays below its limit, with the verdict first and what is left out counted', () => {
    const text = renderMarkdown(plan);
    expect(text.length).toBeLessThan(longestMarkdown);
    expect(text).toMatch(/^\*\*plan plan\\_1: 300 to create; risk low\*\*\n/);
    expect(text).toMatch(/\n\d+ more: read them with `GET \/api\/v1\/runs\/run_1\/plan`\.\n$/);
    expect(text).toContain('````diff');
  });

  test('as text has every change, folded, and nothing that steers a terminal', () => {
    const text = renderText(plan, { color: false });
    expect(text.match(/\+ create terraform_data\.all/g)).toHaveLength(300);
    expect(text).not.toContain('\u001b');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(250);
    expect(renderText(plan, { color: true })).toContain('\u001b[33mLow risk (300)\u001b[0m');
  });
});

test('the page about plans names every rule of the red list', () => {
  const page = readFileSync(join(projectRoot, 'docs/plan-review.md'), 'utf8');
  const rows = riskRules.map(({ code, risk, about }) => `| \`${code}\` | ${risk} | ${about} |`);
  expect(rows.filter((row) => !page.replaceAll(/ +/g, ' ').includes(row))).toEqual([]);
});
