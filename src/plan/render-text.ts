import { byRiskLevel, changeLines, verdict, warnings, type Rendered } from './render.js';
import type { PlanChange } from './plan-changes.js';
import type { RiskLevel } from './risk.js';

const colors: Record<RiskLevel, string> = {
  critical: '\u001b[1;31m',
  high: '\u001b[31m',
  low: '\u001b[33m',
  none: '\u001b[32m',
};
const plain = '\u001b[0m';

/** The whole plan for a terminal, grouped by risk; with ANSI colours when asked for. Control characters of values are taken out. */
export function renderText(plan: Rendered, { color }: { readonly color: boolean }): string {
  const paint = (risk: RiskLevel, text: string): string => (color ? `${colors[risk]}${text}${plain}` : text);
  const lines = [paint(plan.summary.risk, verdict(plan))];
  for (const { text } of warnings(plan)) lines.push(paint(plan.summary.risk, `  ! ${clean(text)}`));
  for (const group of byRiskLevel(plan.changes)) {
    lines.push('', paint(group.risk, `${group.title} (${group.changes.length})`));
    for (const change of group.changes) lines.push(...indented(change));
  }
  if (plan.drift.length > 0) {
    lines.push('', `Changed outside of Terraform (${plan.drift.length})`);
    for (const change of plan.drift) lines.push(...indented(change));
  }
  if (plan.outputs.length > 0)
    lines.push('', 'Outputs', ...plan.outputs.map(({ name, action }) => `  ${action} ${clean(name)}`));
  return `${lines.join('\n')}\n`;
}

function indented(change: PlanChange): string[] {
  return changeLines(change).map((line) => `  ${clean(line)}`);
}

/** A value must not steer the reader's terminal. */
function clean(text: string): string {
  // eslint-disable-next-line no-control-regex -- these characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}
