/**
 * Plans of many changes for the bench. Terraform makes a plan of some hundred blocks, half of what they say secret, marked or not; it is
 * multiplied under other addresses and with other secrets, for terraform itself takes a minute and more for thousands.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planText } from '../terraform/plan-text.js';
import { runProcess } from '../terraform/process.js';

export const blocks = 250;

export interface LargePlanProps {
  readonly folder: string;
  /** Terraform, and the PATH it runs with. */
  readonly bin: string;
  readonly path: string;
  /** How many times the blocks; a part of them is made by a fraction. */
  readonly times: number;
}

/** Files that hold what a worker has in hand when terraform has planned. */
export interface LargePlan {
  /** `terraform show -json`. */
  readonly json: string;
  /** Terraform's rendering. */
  readonly text: string;
  /** The stacks of the last apply and of this plan. */
  readonly before: string;
  readonly after: string;
}

/** Makes the plan in `folder`; each block changes in place. */
export async function makeLargePlan({ folder, bin, path, times }: LargePlanProps): Promise<LargePlan> {
  await mkdir(folder, { recursive: true });
  const count = times < 1 ? Math.round(blocks * times) : blocks;
  const env = { PATH: path, HOME: folder, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: join(folder, 'rc') };
  const terraform = async (...argv: string[]): Promise<string> => {
    const lines: string[] = [];
    const { exitCode } = await runProcess({
      bin,
      argv,
      cwd: folder,
      env,
      timeoutMs: 300_000,
      maxLineLength: 2 ** 28,
      onLine: (line) => void lines.push(line),
    });
    if (exitCode !== 0)
      throw new Error(`terraform ${argv[0]} ended with ${exitCode}: ${lines.slice(-5).join('\n')}`);
    return lines.join('\n');
  };
  const [before, after] = [stackOf('info', count), stackOf('debug', count)];
  await writeFile(env.TF_CLI_CONFIG_FILE, '');
  await writeFile(join(folder, 'main.tf.json'), before);
  await terraform('apply', '-auto-approve', '-no-color');
  await writeFile(join(folder, 'main.tf.json'), after);
  const planned = await terraform('plan', '-no-color', '-out=plan.bin');
  const json = await terraform('show', '-json', 'plan.bin');
  const write = async (name: string, content: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, content);
    return file;
  };
  const copies = Math.max(1, Math.round(times));
  return {
    json: await write('plan.json', multiply(json, copies)),
    text: await write('plan.txt', planText(copiesOf(planned, copies).join('\n').split('\n'))),
    before: await write('before.json', multiply(before, copies)),
    after: await write('after.json', multiply(after, copies)),
  };
}

function stackOf(level: string, count: number): string {
  const item = (n: number) => ({
    input: {
      name: `item-copy0-${n}`,
      labels: { app: 'shop', level },
      replicas: n,
      env: [
        { name: 'LOG_LEVEL', value: level },
        { name: 'API_TOKEN', value: `${level}-token-copy0-${n}` },
      ],
      url: `postgres://shop:word-copy0-${n}@db.shop.svc/shop`,
      password: `\${sensitive("${n}-${level}-secret-copy0")}`,
    },
  });
  const items = Array.from({ length: count }, (_, n) => [`item_copy0_${n}`, item(n)]);
  return JSON.stringify({ resource: { terraform_data: Object.fromEntries(items) } });
}

function copiesOf(text: string, copies: number): string[] {
  return Array.from({ length: copies }, (_, n) => text.replaceAll('copy0', `copy${n}`));
}

/** The tree with every list of resources, and every object of them, that many times. */
function multiply(json: string, copies: number): string {
  const walk = (node: unknown, name: string): unknown => {
    if (node === null || typeof node !== 'object') return node;
    const lists = ['resource_changes', 'resources', 'relevant_attributes'];
    if (Array.isArray(node))
      return lists.includes(name)
        ? copiesOf(JSON.stringify(node), copies).flatMap((one) => JSON.parse(one) as unknown[])
        : node;
    if (name === 'terraform_data')
      return Object.assign(
        {},
        ...copiesOf(JSON.stringify(node), copies).map((one) => JSON.parse(one) as object),
      ) as unknown;
    return Object.fromEntries(Object.entries(node).map(([key, member]) => [key, walk(member, key)]));
  };
  return JSON.stringify(walk(JSON.parse(json), ''));
}
