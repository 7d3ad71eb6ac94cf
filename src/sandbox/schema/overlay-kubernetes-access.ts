import type { ValueObject } from '../values.js';
import { kind } from './kubernetes-kind.js';
import type { TypeOverlay } from './overlay-type.js';

const binding = {
  nameKind: 'segment',
  overlay: { forceNew: ['role_ref'], defaults: { 'subject.namespace': 'default' } },
  compute: () => ({
    'subject.api_group': (subject: ValueObject) =>
      subject['kind'] === 'ServiceAccount' ? '' : 'rbac.authorization.k8s.io',
  }),
} as const;

export const accessOverlays: Readonly<Record<string, TypeOverlay>> = {
  kubernetes_role_v1: kind('kubernetes_role_v1', {
    plural: 'roles.rbac.authorization.k8s.io',
    nameKind: 'segment',
  }),
  kubernetes_role_binding_v1: kind('kubernetes_role_binding_v1', {
    plural: 'rolebindings.rbac.authorization.k8s.io',
    ...binding,
  }),
  kubernetes_cluster_role_v1: kind('kubernetes_cluster_role_v1', {
    plural: 'clusterroles.rbac.authorization.k8s.io',
    nameKind: 'segment',
    clusterScoped: true,
  }),
  kubernetes_cluster_role_binding_v1: kind('kubernetes_cluster_role_binding_v1', {
    plural: 'clusterrolebindings.rbac.authorization.k8s.io',
    clusterScoped: true,
    ...binding,
  }),
};
