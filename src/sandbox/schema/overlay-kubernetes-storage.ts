import { lookUp } from '../values.js';
import { stableUuid } from './derived-names.js';
import { kind } from './kubernetes-kind.js';
import { bytesOf, quantityFaults } from './kubernetes-rules.js';
import type { TypeOverlay } from './overlay-type.js';

const requests = 'spec.resources.requests';

export const storageOverlays: Readonly<Record<string, TypeOverlay>> = {
  kubernetes_persistent_volume_claim_v1: kind('kubernetes_persistent_volume_claim_v1', {
    plural: 'persistentvolumeclaims',
    overlay: {
      forceNew: [
        'spec.access_modes',
        'spec.resources.limits',
        'spec.selector',
        'spec.storage_class_name',
        'spec.volume_mode',
        'spec.volume_name',
      ],
      // A claim grows in place; a smaller one is another claim.
      alsoForceNew: (planned, prior) => {
        const [after, before] = [planned, prior].map((value) =>
          bytesOf(lookUp(value, `${requests}.storage`)),
        );
        return after !== undefined && before !== undefined && after < before ? [requests] : [];
      },
      defaults: { wait_until_bound: true },
    },
    compute: ({ run }, key) => ({
      'spec.storage_class_name': 'standard',
      'spec.volume_mode': 'Filesystem',
      'spec.volume_name': `pvc-${stableUuid(run, 'volume', key)}`,
    }),
    faultsOf: (value) => quantityFaults(lookUp(value, requests), requests),
  }),
  kubernetes_storage_class_v1: kind('kubernetes_storage_class_v1', {
    plural: 'storageclasses.storage.k8s.io',
    clusterScoped: true,
    overlay: {
      forceNew: [
        'allowed_topologies',
        'mount_options',
        'parameters',
        'storage_provisioner',
        'volume_binding_mode',
      ],
      defaults: {
        allow_volume_expansion: true,
        reclaim_policy: 'Delete',
        volume_binding_mode: 'Immediate',
      },
    },
  }),
};
