/**
 * What runs in the thread that judges policies: no environment, little memory, ended from outside when it takes too long.
 * It gets the document and the types of its members once, then one policy a message. The language is CEL
 * (https://github.com/google/cel-spec): expressions without loops of their own, assignments, input or output.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openCel } from './cel-engine.js';
import type { ThreadAnswer, ThreadQuestion, ThreadStart } from './thread-messages.js';

const { document, types } = JSON.parse(workerData as string) as ThreadStart;
const environment = await openCel();
for (const [name, type] of Object.entries(types))
  if (typeof type === 'string') environment.registerVariable(name, type);
  else environment.registerVariable(name, { schema: type });

/** The parts of a message: texts at even places, expressions between them. */
function partsOf(message: string): string[] {
  return message.split(/\{\{(.*?)\}\}/s);
}

function check({ expression, message }: ThreadQuestion): ThreadAnswer {
  const { valid, type, error } = environment.check(expression);
  if (!valid) return { outcome: 'broken', text: summaryOf(error) };
  if (type !== 'bool' && type !== 'dyn')
    return { outcome: 'broken', text: `the expression gives ${type}, not true or false` };
  for (const part of partsOf(message).filter((_, index) => index % 2 === 1)) {
    const told = environment.check(part);
    if (!told.valid) return { outcome: 'broken', text: `in the message: ${summaryOf(told.error)}` };
  }
  return { outcome: 'passed', text: '' };
}

function judge({ expression, message, params }: ThreadQuestion): ThreadAnswer {
  const context = { ...document, params };
  const fine: unknown = environment.evaluate(expression, context);
  if (typeof fine !== 'boolean')
    return { outcome: 'broken', text: `the expression gave ${kindOf(fine)}, not true or false` };
  if (fine) return { outcome: 'passed', text: '' };
  const text = partsOf(message)
    .map((part, index) => (index % 2 === 0 ? part : shown(environment.evaluate(part, context))))
    .join('');
  return { outcome: 'failed', text: text.slice(0, 2000) };
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.slice(0, 20).map(shown).join(', ') || 'nothing';
  if (value !== null && typeof value === 'object')
    return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one));
  return String(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'bigint' ? 'a number' : `a ${typeof value}`.replace('object', 'map');
}

function summaryOf(error: unknown): string {
  if (error instanceof Error) {
    const summary: unknown = 'summary' in error ? error.summary : undefined;
    return (typeof summary === 'string' ? summary : error.message).slice(0, 300);
  }
  return 'it cannot be read';
}

parentPort?.on('message', (question: ThreadQuestion) => {
  let answer: ThreadAnswer;
  try {
    answer = question.checkOnly ? check(question) : judge(question);
  } catch (error) {
    answer = { outcome: 'broken', text: summaryOf(error) };
  }
  parentPort?.postMessage(answer);
});
parentPort?.postMessage({ outcome: 'passed', text: 'ready' } satisfies ThreadAnswer);
