import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { costOfPlan } from '../../src/cost/plan-cost.js';
import { awsPrice } from '../../src/cost/price-rules-aws.js';
import { priceTableSchema } from '../../src/cost/price-table.js';
import { loadPriceTable } from '../../src/cost/table-file.js';
import { summaryText } from '../../src/plan/summary-text.js';
import { summarizePlan } from '../../src/plan/plan-summary.js';
import { typesInUse } from '../../src/sandbox/schema/types-in-use.js';
import { openBench, sandboxPlan, stackOf, type Bench } from '../plan/sandbox-plan.js';

const table = await loadPriceTable();
const place = { region: 'us-east-1', simulated: false };

const database = (more: object) => ({
  identifier: 'orders',
  engine: 'postgres',
  username: 'app',
  storage_type: 'gp3',
  skip_final_snapshot: true,
  ...more,
});
const nodes = (desired: number) => ({
  aws_launch_template: {
    nodes: {
      name: 'nodes',
      instance_type: 'm6i.xlarge',
      block_device_mappings: [
        { device_name: '/dev/xvda', ebs: [{ volume_size: 50, volume_type: 'gp3', encrypted: 'true' }] },
      ],
    },
  },
  aws_eks_cluster: {
    c: {
      name: 'c',
      role_arn: 'arn:aws:iam::123456789012:role/cluster',
      vpc_config: [{ subnet_ids: ['subnet-1', 'subnet-2'] }],
    },
  },
  aws_eks_node_group: {
    nodes: {
      cluster_name: '${aws_eks_cluster.c.name}',
      node_role_arn: 'arn:aws:iam::123456789012:role/nodes',
      subnet_ids: ['subnet-1'],
      launch_template: [
        {
          id: '${aws_launch_template.nodes.id}',
          version: '${aws_launch_template.nodes.latest_version}',
        },
      ],
      scaling_config: [{ min_size: desired, desired_size: desired, max_size: 5 }],
    },
  },
});
const pods = {
  kubernetes_namespace_v1: { n: { metadata: [{ name: 'n' }] } },
  kubernetes_deployment_v1: {
    web: {
      depends_on: ['kubernetes_namespace_v1.n'],
      metadata: [{ name: 'web', namespace: 'n' }],
      spec: [
        {
          replicas: '3',
          selector: [{ match_labels: { app: 'web' } }],
          template: [
            {
              metadata: [{ labels: { app: 'web' } }],
              spec: [
                {
                  container: [
                    { name: 'web', image: 'web', resources: [{ requests: { cpu: '500m', memory: '2Gi' } }] },
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
  },
};

let bench: Bench;
/** A larger database, more nodes and a bucket. */
let grown: unknown;

beforeAll(async () => {
  bench = await openBench();
  grown = await sandboxPlan(
    bench,
    stackOf({
      aws_db_instance: { db: database({ instance_class: 'db.t4g.micro', allocated_storage: 20 }) },
      ...nodes(2),
      ...pods,
    }),
    stackOf({
      aws_db_instance: {
        db: database({ instance_class: 'db.t4g.small', allocated_storage: 40, multi_az: true }),
        odd: database({ identifier: 'odd', instance_class: 'db.z9.large', allocated_storage: 20 }),
      },
      aws_s3_bucket: { files: { bucket: 'files' } },
      ...nodes(3),
      ...pods,
    }),
  );
}, 60_000);
afterAll(() => bench.close());

describe('what a plan of real terraform costs', () => {
  const node = 0.192 * 730 + 50 * 0.08;
  const cluster = 0.1 * 730;
  const smaller = cluster + 0.129 * 0.125 * 730 + 20 * 0.115 + 2 * node;
  const larger = cluster + 2 * (0.129 * 0.25 * 730 + 40 * 0.115) + 3 * node + 50 * 0.023;

  test('is told before and after, with what did not change', () => {
    const { before, after, delta, currency, as_of } = costOfPlan(grown, table, place);
    expect(before).toBeCloseTo(smaller, 2);
    expect(after).toBeCloseTo(larger, 2);
    expect(delta).toBeCloseTo(larger - smaller, 1);
    expect({ currency, as_of }).toEqual({ currency: 'USD', as_of: table.as_of });
  });

  test('says what has no price, and what a price takes for granted', () => {
    const { unknown, unknown_total, assumed } = costOfPlan(grown, table, place);
    expect(unknown).toEqual([
      { address: 'aws_db_instance.odd', why: 'the price table has no instance type db.z9.large' },
    ]);
    expect(unknown_total).toBe(1);
    expect(assumed).toEqual([
      { address: 'aws_eks_node_group.nodes', text: '3 nodes all month; it may grow to 5' },
      { address: 'aws_s3_bucket.files', text: '50 GB of objects' },
    ]);
  });

  test('is that of the region; one that is not listed is priced as another, and that is said', () => {
    const [frankfurt, nowhere] = ['eu-central-1', 'xx-nowhere-1'].map((region) =>
      costOfPlan(grown, table, { region, simulated: true }),
    );
    expect(frankfurt?.after).toBeCloseTo((larger - cluster) * 1.19 + cluster, 1);
    expect(nowhere?.after).toBe(frankfurt?.after);
    expect(nowhere?.notes).toEqual([
      'the price table has no region xx-nowhere-1: priced as eu-central-1',
      'a sandbox bills nothing: these are the prices of what it imitates',
      `list prices as assumed on ${table.as_of}, to be checked or replaced by COST_TABLE before a budget rests on them, without tax, discounts and traffic that is not named`,
    ]);
  });

  test('does not call prices assumed that somebody answers for', () => {
    const { assumed: _, ...checked } = table;
    const own = priceTableSchema.parse({ ...checked, as_of: '2026-01-31' });
    expect(costOfPlan(grown, own, place).notes).toEqual([
      'prices of 2026-01-31, without tax, discounts and traffic that is not named',
    ]);
  });

  test('counts what pods request where a cluster has a price', () => {
    const cluster = { cpu_core_month: 20, memory_gb_month: 3, storage_gb_month: 0 };
    const priced = costOfPlan(grown, { ...table, cluster }, place);
    expect(priced.after - costOfPlan(grown, table, place).after).toBeCloseTo(3 * (0.5 * 20 + 2 * 3), 2);
  });

  test('stands in the one-line summary', () => {
    const cost = costOfPlan(grown, table, place);
    const text = summaryText({ ...summarizePlan(grown).summary, cost });
    expect(text).toContain(
      `${cost.before.toFixed(2)} to ${cost.after.toFixed(2)} USD a month (+${cost.delta.toFixed(2)}) and 1 without a price`,
    );
  });
});

test('every type of AWS in the blueprints has a price or is free', () => {
  expect(Object.keys(typesInUse.aws.resources).filter((type) => awsPrice(type) === undefined)).toEqual([]);
});
