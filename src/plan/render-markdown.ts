import { byRiskLevel, changeLines, verdict, warnings, type Rendered } from './render.js';

/** Comments of code hosts end at 65,536 characters; the rest is room for what a caller writes around it. */
export const longestMarkdown = 60_000;

/** The plan for a comment, under 60,000 characters: the verdict and the reasons first; what does not fit is counted at the end. */
export function renderMarkdown(plan: Rendered): string {
  const parts = [
    `**${escaped(verdict(plan))}**`,
    ...warnings(plan).map(({ risk, text }) => `- **${risk}**: ${escaped(text)}`),
  ];
  let length = parts.reduce((sum, part) => sum + part.length + 1, 0);
  const room = longestMarkdown - 300;
  let left = 0;
  const add = (part: string): boolean => {
    if (length + part.length + 1 > room) return false;
    parts.push(part);
    length += part.length + 1;
    return true;
  };
  for (const { title, changes } of byRiskLevel(plan.changes)) {
    if (!add(`\n### ${title} (${changes.length})\n`)) {
      left += changes.length;
      continue;
    }
    for (const change of changes) {
      const lines = changeLines(change);
      if (!add(fenced(lines)) && !add(fenced(lines.slice(0, 1)))) left += 1;
    }
  }
  if (plan.drift.length > 0 && !add(`\n${plan.drift.length} changed outside of Terraform.`)) left += 1;
  if (left > 0) parts.push(`\n${left} more: read them with \`GET /api/v1/runs/${plan.runId}/plan\`.`);
  return `${parts.join('\n')}\n`;
}

/** A fence longer than any in the lines. */
function fenced(lines: readonly string[]): string {
  const text = lines.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#+!|@]/g, '\\$&').replaceAll('\n', ' ');
}
