import { expect, test } from '@jest/globals';
import { mostPlanText, planText } from '../../src/terraform/plan-text.js';

const resource = (n: number, value = 'same') =>
  `  # kubernetes_secret.item_${n} will be updated in-place\n  ~ resource "kubernetes_secret" "item_${n}" {\n      ~ data = "${value}"\n    }`;
const rendering = (resources: readonly string[]) =>
  ['data.x.y: Reading...', 'Terraform will perform the following actions:', '']
    .concat(resources.join('\n\n').split('\n'))
    .concat(['', `Plan: 0 to add, ${resources.length} to change, 0 to destroy.`, '', 'Changes to Outputs:']);

test('a rendering is kept whole, without the lines that tell its progress', () => {
  const lines = rendering([resource(1), resource(2)]);
  expect(planText(lines)).toBe(`${lines.slice(1).join('\n')}\n`);
});

test('of a very long one the first resources are kept, whole, and the verdict', () => {
  const count = 12_000;
  const text = planText(rendering(Array.from({ length: count }, (_, n) => resource(n))));
  expect(text.length).toBeLessThan(mostPlanText + 200);
  const shown = text.match(/^ {2}# kubernetes/gm)?.length ?? 0;
  const end = `${resource(shown - 1)}\n\n  # (${count - shown} more resources are in the changes of this plan)\n\nPlan: 0 to add, ${count} to change, 0 to destroy.\n`;
  expect(text.endsWith(end)).toBe(true);
});

test('no value is cut in two, however long it is', () => {
  const secret = 'long-secret '.repeat(100_000);
  expect(planText(rendering([resource(1), resource(2, secret)]))).toBe(
    `Terraform will perform the following actions:\n\n${resource(1)}\n\n  # (1 more resources are in the changes of this plan)\n\nPlan: 0 to add, 2 to change, 0 to destroy.\n`,
  );
});
