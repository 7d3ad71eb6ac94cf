import type { PlatformSpecV1 } from './spec.js';

export type BaselineName = keyof PlatformSpecV1['baseline'];

/** The baseline charts, in the order in which the list of a plan shows them, and when each is wanted that a spec says nothing of. A cluster that is
 *  there already has a baseline of its own. */
const wanted: Record<BaselineName, (spec: PlatformSpecV1) => boolean> = {
  metrics_server: ({ cluster }) => cluster.existing === undefined,
  cert_manager: ({ cluster }) => cluster.existing === undefined,
  ingress_nginx: ({ cluster }) => cluster.existing === undefined,
  external_secrets: () => false,
  gpu_plugin: ({ cluster }) => cluster.gpu !== undefined,
};

/** The baseline charts of a spec. */
export function askedCharts(spec: PlatformSpecV1): BaselineName[] {
  const names = Object.keys(wanted) as BaselineName[];
  return names.filter((name) => spec.baseline[name].enabled ?? wanted[name](spec));
}
