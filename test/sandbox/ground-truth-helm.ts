import type { TypeFacts } from './ground-truth.js';

/** Providers hashicorp/helm 3.1 and hashicorp/random 3.7. */
export const helmFacts: Readonly<Record<string, TypeFacts>> = {
  helm_release: {
    required: ['chart', 'name'],
    computed: ['manifest', 'metadata', 'status'],
    replaces: ['name', 'namespace'],
    updates: ['chart', 'version', 'values', 'set'],
    defaults: { atomic: false, timeout: 300, wait: true },
  },
  random_id: { required: ['byte_length'], computed: ['hex', 'dec'], replaces: ['byte_length', 'prefix'] },
};
