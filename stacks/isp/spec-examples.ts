import type { BlueprintExample } from '../../src/spec/blueprint.js';

export const ispExamples: readonly [BlueprintExample, ...BlueprintExample[]] = [
  {
    name: 'five hundred customers',
    description: 'Plan standard with database and cache in the cluster and a public address.',
    spec: { customers: 500, ingress: { host: 'portal.example.com' } },
  },
  {
    name: 'every service',
    description: 'Plan premium for 5,000 customers with all optional services.',
    spec: {
      customers: 5000,
      plan: 'premium',
      ingress: { host: 'portal.example.com' },
      setup: { admin_user: 'operator', admin_email: 'operator@example.com' },
      services: {
        radius: { enabled: true, nas_cidrs: ['10.20.0.0/16'] },
        netbox: { enabled: true },
        genieacs: { enabled: true, storage_gb: 20, cpe_cidrs: ['100.64.0.0/10'] },
        wireguard: {
          enabled: true,
          image: `ghcr.io/windtf/wireproxy@sha256:${'0123456789abcdef'.repeat(4)}`,
          client_cidrs: ['0.0.0.0/0'],
          peers: [
            {
              name: 'field-laptop',
              public_key: 'QP+A67Z2UBrMgvNIdHv8gPel5URWNLS4B3ZQ2hQIZlg=',
              address: '10.255.255.10',
            },
          ],
        },
        librenms: { enabled: true, device_cidrs: ['10.30.0.0/16'] },
        prometheus: { enabled: true, retention_days: 30 },
        grafana: { enabled: true },
      },
    },
  },
];
