/** How quickly stacks are made, and whether making many of them grows the process that makes them. */
import { exampleInput } from '../bench/bare.js';
import { memoryOfTree } from '../bench/memory.js';
import { goal, inMs, type Row } from '../bench/report.js';
import { median, quantile } from '../bench/statistics.js';
import { builtIn } from '../../stacks/catalog.js';
import type { Log } from '../log/log.js';
import type { Blueprint } from '../spec/blueprint.js';
import { startSynth, type Synth } from '../synth/synth-client.js';

const synths = 200;
const many = { first: 1_000, last: 10_000 };
/** Milliseconds of the median. */
const goals: Readonly<Record<string, number>> = { 'app@1': 10, 'platform@1': 40 };

export async function measureSynth(log: Log): Promise<Row[]> {
  const synth = startSynth({ log, maxStacks: Infinity });
  try {
    await synth.warm();
    const rows: Row[] = [];
    for (const blueprint of builtIn) rows.push(await measureBlueprint(synth, blueprint));
    return [...rows, await measureMany(synth)];
  } finally {
    await synth.close();
  }
}

async function measureBlueprint(synth: Synth, blueprint: Blueprint): Promise<Row> {
  const times: number[] = [];
  for (let i = 0; i < synths; i++) {
    const started = performance.now();
    await synth.synth(exampleInput(blueprint, 100_000 + i));
    times.push(performance.now() - started);
  }
  const p50 = median(times);
  const limit = goals[blueprint.ref];
  return {
    what: `warm synth of \`${blueprint.ref}\`, p50 and p95`,
    terrace: `${inMs(p50)}, ${inMs(quantile(times, 0.95))}`,
    bare: '',
    result: inMs(p50),
    goal: limit === undefined ? '' : goal(p50, { atMost: limit }, 'ms'),
  };
}

async function measureMany(synth: Synth): Promise<Row> {
  const makeUpTo = async (from: number, to: number) => {
    for (let i = from; i < to; i++)
      await synth.synth(exampleInput(builtIn[i % builtIn.length] as Blueprint, 200_000 + i));
    return megabytes(synth);
  };
  const first = await makeUpTo(0, many.first);
  const last = await makeUpTo(many.first, many.last);
  return {
    what: `memory of the synth process after ${many.first} and ${many.last} stacks`,
    terrace: `${Math.round(first)} MB, ${Math.round(last)} MB`,
    bare: '',
    result: `${(last / first).toFixed(2)}x`,
    goal: goal(last / first, { atMost: 1.25 }, 'x'),
  };
}

async function megabytes(synth: Synth): Promise<number> {
  const kinds = synth.pid === undefined ? [] : await memoryOfTree(synth.pid);
  return kinds.reduce((sum, one) => sum + one.rssMb, 0);
}
