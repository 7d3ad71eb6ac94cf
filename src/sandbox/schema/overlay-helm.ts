import { isObject, lookUp, textAt, type ValueObject } from '../values.js';
import type { TypeOverlay } from './overlay-type.js';
import { nameFaults } from './kubernetes-rules.js';

const off = [
  'atomic',
  'cleanup_on_fail',
  'create_namespace',
  'dependency_update',
  'disable_crd_hooks',
  'disable_openapi_validation',
  'disable_webhooks',
  'force_update',
  'lint',
  'pass_credentials',
  'recreate_pods',
  'replace',
  'reset_values',
  'reuse_values',
  'skip_crds',
  'take_ownership',
  'upgrade_install',
  'verify',
  'wait_for_jobs',
];

/** The chart's own name: the last part of a path or address. */
function chartName(value: ValueObject): string {
  return (textAt(value, 'chart') ?? '')
    .replace(/\/+$/, '')
    .replace(/^.*\//, '')
    .replace(/-\d.*\.tgz$/, '');
}

export const helmOverlays: Readonly<Record<string, TypeOverlay>> = {
  helm_release: {
    sensitive: ['repository_password', 'set_sensitive.value', 'set_wo.value'],
    writeOnly: ['set_wo'],
    forceNew: ['name', 'namespace'],
    defaults: {
      ...Object.fromEntries(off.map((name) => [name, false])),
      max_history: 0,
      namespace: 'default',
      render_subchart_notes: true,
      timeout: 300,
      wait: true,
      'set.type': '',
    },
    unknownOnUpdate: ['metadata'],
    identify: (value) => {
      const name = textAt(value, 'name');
      const namespace = textAt(value, 'namespace') ?? 'default';
      const parent = { type: 'kubernetes_namespace_v1', objectId: namespace };
      return name === undefined ? undefined : { objectId: `${namespace}/${name}`, name, parent };
    },
    compute: ({ value, prior }) => {
      const version = textAt(value, 'version') ?? '1.0.0';
      const before = prior === null ? undefined : lookUp(prior, 'metadata');
      const known = isObject(before) ? before : {};
      // A fixed moment, so that the same request gives the same state.
      const moment = 1_767_225_600;
      const revision = Number(known['revision'] ?? 0) + 1;
      return {
        id: textAt(value, 'name'),
        status: 'deployed',
        version,
        manifest: null,
        resources: null,
        description: null,
        metadata: {
          app_version: version,
          chart: chartName(value),
          first_deployed: moment,
          last_deployed: moment + revision - 1,
          name: textAt(value, 'name'),
          namespace: textAt(value, 'namespace') ?? 'default',
          notes: '',
          revision,
          values: null,
          version,
        },
      };
    },
    faultsOf: (value) => {
      const name = textAt(value, 'name');
      if (name !== undefined && name.length > 53)
        return [`invalid release name "${name}": the length must not be longer than 53`];
      return [
        ...nameFaults(name, 'name', 'subdomain'),
        ...nameFaults(textAt(value, 'namespace'), 'namespace', 'label'),
      ];
    },
    makesParent: (value) => value['create_namespace'] === true,
    alreadyExists: () => 'installation failed: cannot re-use a name that is still in use',
    parentMissing: (identity) =>
      `installation failed: create: failed to create: namespaces "${identity.parent?.objectId}" not found`,
  },
};
