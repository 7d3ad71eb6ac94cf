import { list, texts, valueAt } from './risk-rule.js';

/** True when a network policy of Kubernetes has an ingress rule without a source, or with every address as one. Pure. */
export function opensToEverybody(tree: unknown): boolean {
  return list(valueAt(tree, 'spec.0.ingress')).some((rule) => {
    const sources = list(valueAt(rule, 'from'));
    if (sources.length === 0) return true;
    return sources.some((source) => {
      const [range] = texts(list(valueAt(source, 'ip_block')).map((block) => valueAt(block, 'cidr')));
      if (range === '0.0.0.0/0' || range === '::/0') return true;
      return isEmptySource(source);
    });
  });
}

/** A namespace selector that selects nothing in particular selects all namespaces. */
function isEmptySource(source: unknown): boolean {
  const [selector] = list(valueAt(source, 'namespace_selector'));
  if (selector === undefined || list(valueAt(source, 'pod_selector')).length > 0) return false;
  const labels = valueAt(selector, 'match_labels');
  const count = labels !== null && typeof labels === 'object' ? Object.keys(labels).length : 0;
  return count === 0 && list(valueAt(selector, 'match_expressions')).length === 0;
}
