import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { projectRoot } from '../lib/project-root.js';
import { builtinPolicies } from './builtin-rules.js';
import { celTypes } from './cel-types.js';
import { policyInput, type PolicyInput } from './policy-input.js';
import type { PolicyRef, PolicyResult, PolicySettings } from './policy.js';
import type { ThreadAnswer, ThreadQuestion } from './thread-messages.js';

/** How long one policy may take, twice: the second time because the machine may have been busy. */
export const policyTimeoutMs = 250;
const startTimeoutMs = 30_000;
/** Beside what the document takes. */
const memoryMb = 64;

const program = join(projectRoot, 'dist/src/policy/policy-thread.js');
const types = celTypes(policyInput);

type Document = Omit<PolicyInput, 'params'>;

/** What each policy says of the document. One that breaks does not keep the others from being judged. Never rejects for a policy's fault. */
export async function judgePolicies(
  policies: readonly PolicyRef[],
  document: Document,
): Promise<PolicyResult[]> {
  if (policies.length === 0) return [];
  const text = JSON.stringify({ document, types });
  const results: PolicyResult[] = [];
  let thread: Thread | undefined;
  try {
    for (const policy of policies) {
      const question = questionOf(policy.settings);
      let answer: ThreadAnswer | undefined;
      for (let attempt = 0; attempt < 2 && answer === undefined; attempt++) {
        thread = thread?.alive() === true ? thread : await startThread(text);
        answer = await thread.ask(question);
      }
      results.push(resultOf(policy, answer ?? tookTooLong));
    }
  } finally {
    await thread?.close();
  }
  return results;
}

/** What is wrong with a policy as it is written, without a plan; null = nothing. */
export async function faultOf(settings: PolicySettings): Promise<string | null> {
  const thread = await startThread(JSON.stringify({ document: {}, types }));
  try {
    const answer = (await thread.ask({ ...questionOf(settings), checkOnly: true })) ?? tookTooLong;
    return answer.outcome === 'broken' ? answer.text : null;
  } finally {
    await thread.close();
  }
}

const tookTooLong: ThreadAnswer = {
  outcome: 'broken',
  text: `it took longer than ${policyTimeoutMs} ms, twice`,
};

function questionOf({ rule, message, params }: PolicySettings): ThreadQuestion {
  const builtin = rule.kind === 'builtin' ? builtinPolicies[rule.name] : undefined;
  const expression = rule.kind === 'expression' ? rule.expression : (builtin?.expression ?? '');
  return {
    expression,
    message: message ?? builtin?.message ?? 'the plan breaks this policy',
    params,
    checkOnly: false,
  };
}

function resultOf({ policyId, name, version, settings }: PolicyRef, answer: ThreadAnswer): PolicyResult {
  const ref = { policy_id: policyId, name, version, outcome: answer.outcome };
  if (answer.outcome === 'passed') return { ...ref, verdict: null, message: null };
  if (answer.outcome === 'failed') return { ...ref, verdict: settings.verdict, message: answer.text };
  return { ...ref, verdict: 'deny', message: `it is broken: ${answer.text}; correct it or switch it off` };
}

interface Thread {
  alive(): boolean;
  /** Undefined when it took too long: the thread is ended then. */
  ask(question: ThreadQuestion): Promise<ThreadAnswer | undefined>;
  close(): Promise<unknown>;
}

async function startThread(text: string): Promise<Thread> {
  const worker = new Worker(program, {
    workerData: text,
    env: {},
    stdout: true,
    stderr: true,
    resourceLimits: {
      maxOldGenerationSizeMb: memoryMb + Math.ceil(text.length / 2 ** 20) * 8,
      maxYoungGenerationSizeMb: 16,
      stackSizeMb: 4,
    },
  });
  let alive = true;
  let settle: ((answer: ThreadAnswer) => void) | undefined;
  worker.on('message', (answer: ThreadAnswer) => settle?.(answer));
  worker.on('error', (error: Error & { code?: string }) => {
    alive = false;
    const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const said = memory ? `it took more than ${memoryMb} MB of memory` : error.message;
    settle?.({ outcome: 'broken', text: said });
  });
  worker.on('exit', () => {
    alive = false;
    settle?.({ outcome: 'broken', text: 'its thread ended' });
  });
  const next = (timeoutMs: number): Promise<ThreadAnswer | undefined> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        alive = false;
        settle = undefined;
        void worker.terminate().then(() => resolve(undefined));
      }, timeoutMs);
      settle = (answer) => {
        clearTimeout(timer);
        settle = undefined;
        resolve(answer);
      };
    });
  const ready = await next(startTimeoutMs);
  if (ready?.text !== 'ready') {
    await worker.terminate();
    throw new Error(`the thread of policies did not start: ${ready?.text ?? 'no word in time'}`);
  }
  return {
    alive: () => alive,
    ask: (question) => {
      const answer = next(policyTimeoutMs);
      worker.postMessage(question);
      return answer;
    },
    close: () => worker.terminate(),
  };
}
