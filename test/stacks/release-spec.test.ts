import { describe, expect, test } from '@jest/globals';
import { zodFaults } from '../../src/errors/zod-faults.js';
import { appSpecV1 } from '../../stacks/app/spec.js';
import { inputOf, release } from './inputs.js';
import { stackOf } from './stack-json.js';

function faults(spec: unknown): string[] {
  const parsed = appSpecV1.safeParse(spec);
  return parsed.success ? [] : zodFaults(parsed.error).map((fault) => `${fault.path}: ${fault.message}`);
}

const a = { ...release, name: 'a' };
const b = { ...release, name: 'b' };
const scaled = (deployment: string, min = 1) => ({ deployment, autoscaling: { min, max: 3 } });

describe('releases', () => {
  test.each<[string, unknown[], string[]]>([
    ['in any order', [{ ...a, after: ['b'] }, b], []],
    ['two of one name', [a, a], ['releases: names of releases must differ']],
    ['after nothing', [{ ...a, after: ['x'] }], ['releases: after names a release that is not there']],
    [
      'in a circle',
      [
        { ...a, after: ['b'] },
        { ...b, after: ['a'] },
      ],
      ['releases: releases come after each other in a circle'],
    ],
    [
      'undone without being waited for',
      [{ ...a, wait: false }],
      ['releases: atomic needs wait: what is not waited for cannot be undone; set atomic to false too'],
    ],
    [
      'scaling one Deployment twice',
      [
        { ...a, scaling: [scaled('x')] },
        { ...b, scaling: [scaled('x')] },
      ],
      ['releases: scaling names a Deployment twice, or one that is a workload'],
    ],
    [
      'more pods at least than at most',
      [{ ...a, scaling: [scaled('x', 4)] }],
      ['releases: scaling.autoscaling.min must not be above scaling.autoscaling.max'],
    ],
    [
      'an unknown secret',
      [{ ...a, set_secrets: { 'a.b': 'TENANT_ID' } }],
      [
        'releases.0.set_secrets.a.b: must be one of DATABASE_URL, DATABASE_PASSWORD, REDIS_URL, REDIS_PASSWORD',
      ],
    ],
    [
      'a path with an index',
      [{ ...a, set_secrets: { 'a[0],x=1': 'REDIS_URL' } }],
      ['releases.0.set_secrets.a[0],x=1: must be the path of a value, such as "auth.password"'],
    ],
  ])('%s', (_name, releases, expected) => {
    expect(faults({ releases })).toEqual(expected);
  });

  test('are all or nothing unless the caller says otherwise', () => {
    const { resource } = stackOf(inputOf({ releases: [a, { ...b, atomic: false, wait: false }] }));
    expect(resource.helm_release?.a).toMatchObject({ atomic: true, wait: true, wait_for_jobs: true });
    expect(resource.helm_release?.b).toMatchObject({ atomic: false, wait: false, wait_for_jobs: false });
  });

  test('take no secret of a service that is not there', () => {
    expect(
      faults({ cache: { mode: 'none' }, releases: [{ ...a, set_secrets: { 'a.b': 'REDIS_URL' } }] }),
    ).toEqual([
      'releases: set_secrets names a secret of a database or cache that the environment has no password of',
    ]);
  });

  test('come after those they name, and take secrets as references', () => {
    const stack = stackOf(
      inputOf({ releases: [{ ...a, after: ['b'], set_secrets: { p: 'DATABASE_PASSWORD' } }, b] }),
    );
    expect(stack.resource.helm_release?.a).toMatchObject({
      depends_on: expect.arrayContaining(['helm_release.b']) as unknown,
      set_sensitive: [{ name: 'p', value: '${var.database_password}' }],
    });
    expect(stack.resource.helm_release?.b?.depends_on).not.toContain('helm_release.a');
  });
});

describe('the namespace', () => {
  test.each<[unknown, string[]]>([
    [{ labels: { team: 'shop', 'example.com/a': '' } }, []],
    [
      { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
      [
        'labels.pod-security.kubernetes.io/enforce: is reserved: kubernetes.io, k8s.io and terrace.dev are not for tenants',
      ],
    ],
    [
      { annotations: { 'terrace.dev/tenant': 'x' } },
      [
        'annotations.terrace.dev/tenant: is reserved: kubernetes.io, k8s.io and terrace.dev are not for tenants',
      ],
    ],
    [{ labels: { 'a b': '' } }, ['labels.a b: must be a name such as "team" or "example.com/team"']],
    [{ pod_security: 'privileged' }, ['pod_security: must be restricted or baseline']],
    [
      { service_account: { role_arn: 'arn:aws:iam::1:user/x' } },
      ['service_account.role_arn: must be the ARN of an IAM role'],
    ],
  ])('%j', (spec, expected) => {
    expect(faults(spec)).toEqual(expected);
  });

  test('is made with what the caller gave and what is ours', () => {
    const { resource } = stackOf(
      inputOf({
        labels: { team: 'a' },
        pod_security: 'baseline',
        service_account: { role_arn: 'arn:aws:iam::123456789012:role/shop' },
      }),
    );
    expect(resource.kubernetes_namespace_v1?.namespace).toMatchObject({
      metadata: {
        labels: {
          team: 'a',
          'pod-security.kubernetes.io/enforce': 'baseline',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
      },
    });
    expect(resource.kubernetes_service_account_v1?.namespace).toMatchObject({
      automount_service_account_token: false,
      metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/shop' } },
    });
  });
});

describe('the network', () => {
  const rule = { name: 'x', ports: [443] };
  test.each<[object, string[]]>([
    [{ cidr: '203.0.113.0/24', except: ['203.0.113.8/32'] }, []],
    [{ namespace: 'mail', pod_labels: { app: 'relay' } }, []],
    [{}, ['network.egress: a rule takes cidr or namespace']],
    [{ cidr: '203.0.113.0/24', namespace: 'mail' }, ['network.egress: a rule takes cidr or namespace']],
    [{ cidr: '203.0.113.0/24', pod_labels: { a: 'b' } }, ['network.egress: pod_labels go with namespace']],
    [
      { cidr: '203.0.113.0/24', except: ['203.0.112.0/24'] },
      ['network.egress: except takes ranges that are within cidr'],
    ],
    [{ cidr: '169.254.169.254/32' }, ["network.egress: the cloud's metadata service is out of reach"]],
    [
      { namespace: 'kube-system' },
      ['network.egress.0.namespace: is reserved; names "default", "kube-..." and "terrace-..." are taken'],
    ],
  ])('%j', (more, expected) => {
    expect(faults({ network: { egress: [{ ...rule, ...more }] } })).toEqual(expected);
  });

  test.each([
    ['0.0.0.0/0', [], ['169.254.169.254/32']],
    ['169.254.0.0/16', ['169.254.1.0/24'], ['169.254.1.0/24', '169.254.169.254/32']],
    ['10.0.0.0/8', [], undefined],
  ])('%s leaves the metadata service out of reach', (cidr, except, expected) => {
    const { resource } = stackOf(inputOf({ network: { egress: [{ ...rule, cidr, except }] } }));
    const spec = resource.kubernetes_network_policy_v1?.network_egress_x?.spec;
    expect(spec).toMatchObject({ egress: [{ to: [{ ip_block: { cidr } }] }] });
    const [{ to }] = (spec as { egress: [{ to: [{ ip_block: { except?: string[] } }] }] }).egress;
    expect(to[0].ip_block.except).toEqual(expected);
  });
});

describe('the public address', () => {
  const host = 'shop.example.com';
  const web = { name: 'web', image: 'shop/web:1', port: 8080 };
  const gateway = { name: 'public', namespace: 'gateways' };
  test.each<[object, string[]]>([
    [{ ingress: { host, annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '20m' } } }, []],
    [
      { ingress: { host, annotations: { 'nginx.ingress.kubernetes.io/configuration-snippet': 'x' } } },
      [
        'ingress.annotations.nginx.ingress.kubernetes.io/configuration-snippet: is not for tenants: it could reach past the environment or switch HTTPS off',
      ],
    ],
    [
      { ingress: { host, annotations: { 'kubernetes.io/ingress.class': 'x' } } },
      [
        'ingress.annotations.kubernetes.io/ingress.class: must begin with one of nginx.ingress.kubernetes.io/, alb.ingress.kubernetes.io/, external-dns.alpha.kubernetes.io/',
      ],
    ],
    [
      { ingress: { host, gateway, tls: { issuer: 'x' } } },
      ['ingress.tls: is the business of the Gateway; leave it out'],
    ],
    [
      { ingress: { host, gateway, annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '1m' } } },
      ['ingress.annotations: are for an Ingress; a Gateway reads none'],
    ],
    [
      { workloads: [web], ingress: { host, paths: [{ path: '/', service: 'api' }] } },
      ['ingress.paths: name a service that no workload with a port has'],
    ],
    [
      { workloads: [web], releases: [release], ingress: { host, paths: [{ path: '/', service: 'api' }] } },
      [],
    ],
    [
      { workloads: [web], ingress: { host, paths: [{ path: '/', service: 'web', port: 80 }] } },
      ['ingress.paths: name a port that the workload does not serve; leave port out'],
    ],
  ])('%j', (spec, expected) => {
    expect(faults(spec)).toEqual(expected);
  });

  test('leads to the first workload unless told otherwise', () => {
    const backend = (spec: object) =>
      JSON.stringify(stackOf(inputOf({ ...spec })).resource.kubernetes_ingress_v1?.ingress).match(
        /"backend":\{"service":(\{.*?\}\})/,
      )?.[1];
    expect(backend({ workloads: [web], ingress: { host } })).toBe('{"name":"web","port":{"number":8080}}');
    expect(backend({ ingress: { host } })).toBe('{"name":"app","port":{"number":80}}');
  });

  test('is a route of a Gateway where one is named, and only its namespace is let in', () => {
    const { resource, output } = stackOf(inputOf({ ingress: { host, gateway } }));
    expect(resource.kubernetes_ingress_v1).toBeUndefined();
    expect(resource.kubernetes_manifest?.ingress).toMatchObject({
      manifest: {
        kind: 'HTTPRoute',
        spec: {
          parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'https' }],
          hostnames: [host],
          rules: [{ backendRefs: [{ name: 'app', port: 80 }] }],
        },
      },
    });
    expect(output.endpoint_url?.value).toBe(`https://${host}`);
    expect(JSON.stringify(resource.kubernetes_network_policy_v1?.network_ingress_controller)).toContain(
      '"kubernetes.io/metadata.name":"gateways"',
    );
  });
});

test('tenants find themselves in the variables', () => {
  const data = (spec: object) =>
    stackOf(inputOf({ ...spec })).resource.kubernetes_config_map_v1?.variables?.data;
  expect(data({})).toMatchObject({ TENANT_ID: 'ten_1', TENANT_NAME: 'Acme Ltd', TENANT_SUBDOMAIN: 'acme' });
  expect(data({ ingress: { host: 'shop.example.com' } })).toMatchObject({ TENANT_SUBDOMAIN: 'shop' });
  expect(data({ ingress: { base_domain: 'example.com', subdomain: 'acme-shop' } })).toMatchObject({
    TENANT_SUBDOMAIN: 'acme-shop',
  });
});
