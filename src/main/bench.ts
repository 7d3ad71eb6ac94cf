/** `make bench`: speed and memory against bare terraform, as ratios within one run. Prints the tables and writes docs/bench.md. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import {
  goal,
  inMs,
  inSeconds,
  renderPage,
  renderTables,
  stepMedians,
  type Report,
  type Row,
} from '../bench/report.js';
import { startBare, type Bare } from '../bench/bare.js';
import { median, timeInParallel } from '../bench/statistics.js';
import { blueprint } from '../../stacks/app/blueprint.js';
import { readConfigWith } from '../config/config.js';
import { startEmbeddedPostgres } from '../db/embedded.js';
import { migrate } from '../db/migrate.js';
import { createPool } from '../db/pool.js';
import { projectRoot } from '../lib/project-root.js';
import { createLog } from '../log/log.js';
import { findTerraform } from '../terraform/locate.js';
import { measureDrift } from './bench-drift.js';
import { measureSynth } from './bench-synth.js';
import { measureMemoryApart, measureMemoryTogether } from './bench-memory.js';
import { measurePlans } from './bench-plans.js';
import { measureRequests } from './bench-requests.js';
import { openCaller, startProduct, stepsOf, type Caller, type Step } from './bench-product.js';

const rounds = 9;
const atOnce = { environments: 10, width: 4, rounds: 3 };
const starts = 5;

/** Everything that is needed during the bench; what must be undone is told to `onClose`. */
interface Bench {
  readonly folder: string;
  readonly path: string;
  readonly bare: Bare;
  readonly databaseUrl: string;
  onClose(closer: () => Promise<unknown>): void;
}

async function bench(onClose: Bench['onClose']): Promise<Report> {
  const before = loadavg()[0] ?? 0;
  const folder = await mkdtemp(join(tmpdir(), 'tb-'));
  onClose(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  // The server of the bench runs as another user when this one is root.
  await chmod(folder, 0o755);
  const config = readConfigWith({ TERRACE_HOME: join(folder, 'bench'), DATABASE_URL: '' });
  const log = createLog('warn', 'bench');
  const embedded = await startEmbeddedPostgres({ home: config.home, log });
  onClose(() => embedded.stop());
  const db = createPool(embedded.url, { log });
  onClose(() => db.end());
  await migrate(db);
  const tool = await findTerraform({ bin: config.TERRAFORM_BIN, home: config.home, path: config.path, log });
  const stacks = join(folder, 'b');
  await mkdir(stacks);
  const bare = await startBare({ db, blueprint, folder: stacks, tool, path: config.path, log });
  onClose(() => bare.close());
  const own: Bench = { folder, path: config.path, bare, databaseUrl: embedded.url, onClose };

  const rows: Row[] = [];
  say('starts');
  rows.push(...(await measureStarts(own)));
  say('warm synth');
  rows.push(...(await measureSynth(log)));
  say('requests');
  rows.push(...(await measureRequests(own)));
  say('plans');
  rows.push(...(await measurePlans({ ...own, bin: tool.bin })));
  const home = join(folder, 'h1');
  const product = await startProduct({ home, path: own.path }, 'all-in-one');
  onClose(() => product.stop());
  say('memory');
  const memory = [await measureMemoryTogether(product.pid, 'all in one, just started')];
  const caller = await openCaller(product, home);
  say('one environment');
  const one = await measureOne(own, caller);
  say('drift checks');
  const drift = await measureDrift(caller);
  say('ten environments at once');
  rows.unshift(...one.rows, await measureMany(own, caller), drift);
  say('memory');
  memory.push(await measureMemoryTogether(product.pid, `all in one, after ${caller.asked()} environments`));
  memory.push(...(await measureMemoryApart(own)));
  const cpu = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${tool.flavor} ${tool.version}`,
    load: { before, after: loadavg()[0] ?? 0 },
    rows,
    terraceSteps: one.terraceSteps,
    bareSteps: one.bareSteps,
    memory,
    resources: one.resources,
    rounds,
  };
}

async function measureStarts({ folder, path }: Bench): Promise<Row[]> {
  const timeStart = async (home: string) => {
    const product = await startProduct({ home, path }, 'npm');
    await product.stop();
    return product.readyMs;
  };
  const empty: number[] = [];
  for (let i = 1; i <= 3; i++) empty.push(await timeStart(join(folder, `h${i}`)));
  const again: number[] = [];
  for (let i = 0; i < starts; i++) again.push(await timeStart(join(folder, 'h1')));
  const seconds = median(again) / 1000;
  const row = { bare: '', goal: '' };
  return [
    {
      ...row,
      what: '`npm start` to ready',
      terrace: `${inSeconds(Math.min(...again))} to ${inSeconds(Math.max(...again))}`,
      result: inSeconds(median(again)),
      goal: goal(seconds, { atMost: 2.5 }, 's'),
    },
    {
      ...row,
      what: '`npm start` to ready, empty home',
      terrace: `${inSeconds(Math.min(...empty))} to ${inSeconds(Math.max(...empty))}`,
      result: inSeconds(median(empty)),
    },
  ];
}

interface One {
  readonly rows: readonly Row[];
  readonly terraceSteps: Report['terraceSteps'];
  readonly bareSteps: Report['bareSteps'];
  readonly resources: number;
}

async function measureOne({ bare }: Bench, caller: Caller): Promise<One> {
  const timeBare = async (tuned = false) => {
    const stack = await bare.prepare({ tuned });
    const { init, plan, apply } = await stack.provision();
    await stack.close();
    return [
      { name: 'init', ms: init },
      { name: 'plan', ms: plan },
      { name: 'apply', ms: apply },
    ];
  };
  const terrace: number[] = [];
  const terraceSteps: Step[][] = [];
  const bareSteps: Step[][] = [];
  const tunedSteps: Step[][] = [];
  let resources = 0;
  const timeTerrace = async () => {
    const provisioned = await caller.provision();
    const run = await caller.client.get<Parameters<typeof stepsOf>[0]>(`/api/v1/runs/${provisioned.runId}`);
    terrace.push(provisioned.elapsedMs);
    terraceSteps.push(stepsOf(run, provisioned));
    resources = (run.plan?.summary as { create: number }).create;
  };
  const first = (await caller.provision()).elapsedMs;
  for (let i = 0; i < 2; i++) {
    await caller.provision();
    await timeBare();
  }
  for (let i = 0; i < rounds; i++) {
    const turns = [
      timeTerrace,
      async () => void bareSteps.push(await timeBare()),
      async () => void tunedSteps.push(await timeBare(true)),
    ];
    for (const turn of i % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  const sumMs = (steps: readonly Step[]) => steps.reduce((sum, { ms }) => sum + ms, 0);
  const [ours, theirs, tuned] = [terrace, bareSteps.map(sumMs), tunedSteps.map(sumMs)].map(median) as [
    number,
    number,
    number,
  ];
  const ratio = ours / theirs;
  return {
    rows: [
      {
        what: 'POST to ready, `review: auto`, against init + plan + apply',
        terrace: inMs(ours),
        bare: inMs(theirs),
        result: `${ratio.toFixed(2)}x`,
        goal: goal(ratio, { atMost: 1.3 }, 'x'),
      },
      {
        what: 'the same, bare terraform given the `GOGC` that Terrace gives',
        terrace: inMs(ours),
        bare: inMs(tuned),
        result: `${(ours / tuned).toFixed(2)}x`,
        goal: '',
      },
      { what: 'the first POST to ready after a start', terrace: inMs(first), bare: '', result: '', goal: '' },
    ],
    terraceSteps: stepMedians(terraceSteps),
    bareSteps: stepMedians(bareSteps),
    resources,
  };
}

async function measureMany({ bare }: Bench, caller: Caller): Promise<Row> {
  const { environments, width } = atOnce;
  const perMinute = (ms: number) => (environments / ms) * 60_000;
  const timeBare = async () => {
    const stacks = await Promise.all(Array.from({ length: environments }, () => bare.prepare()));
    const ms = await timeInParallel(
      stacks.map((stack) => () => stack.provision()),
      width,
    );
    for (const stack of stacks) await stack.close();
    return ms;
  };
  const [terraceMs, bareMs]: [number[], number[]] = [[], []];
  for (let i = 0; i < atOnce.rounds; i++) {
    terraceMs.push(await caller.provisionMany(environments));
    bareMs.push(await timeBare());
  }
  const [ours, theirs] = [perMinute(median(terraceMs)), perMinute(median(bareMs))];
  return {
    what: `${environments} environments at once, throughput against a loop of the same width (${width})`,
    terrace: `${Math.round(ours)} a minute`,
    bare: `${Math.round(theirs)} a minute`,
    result: `${(ours / theirs).toFixed(2)}x`,
    goal: goal(ours / theirs, { atLeast: 0.85 }, 'x'),
  };
}

function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

async function main(): Promise<void> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const report = await bench((closer) => void closers.push(closer));
    process.stdout.write(`${renderTables(report)}\n`);
    await writeFile(join(projectRoot, 'docs', 'bench.md'), renderPage(report));
  } finally {
    for (const closer of closers.reverse()) await closer();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`bench failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
