/** Who may import whom: the table of docs/architecture.md, "Rooms". */
import { describe, test } from '@jest/globals';
import { expectNone, sourcesOf, type Import, type Source } from './source.js';

const sources = sourcesOf('src', 'api', 'worker', 'stacks');
const under = (...folders: string[]) => new RegExp(`^(${folders.join('|')})/`);

interface Rule {
  readonly name: string;
  /** The files it binds. */
  readonly files: RegExp;
  readonly except?: RegExp;
  /** Which imports break it. */
  breaks(target: Import, source: Source): boolean;
  readonly remedy: string;
}

const level0 = under('src/lib', 'src/errors');
const level1 = under('src/lib', 'src/errors', 'src/spec', 'src/sizing', 'src/config', 'src/log');
/** Pure domain: states, rules and the plan model; not the stores beside them. */
const pure =
  /^src\/(\w+\/[\w-]+-(state|rules)|plan\/(?!plan-store)[\w-]+|sizing\/[\w-]+|log\/redactor|access\/rights|spec\/[\w-]+)\.ts$/;
const impureModules =
  /^(pg|bullmq|ioredis|express|pino|prom-client|@grpc\/|node:(fs|net|http|https|child_process|timers|os))/;

const rules: readonly Rule[] = [
  {
    name: 'level 0 stands on nothing of ours',
    files: level0,
    breaks: ({ ours, target }) => ours && !level0.test(target),
    remedy:
      'src/lib and src/errors may import each other and packages only; move the code to the room that needs it:',
  },
  {
    name: 'level 1 stands on level 0',
    files: under('src/spec', 'src/sizing', 'src/config', 'src/log'),
    breaks: ({ ours, target }) => ours && !level1.test(target),
    remedy:
      'src/spec, src/sizing, src/config and src/log may import src/lib and src/errors only; pass the rest in as a parameter:',
  },
  {
    name: 'pure domain does no input or output',
    files: pure,
    breaks: ({ ours, target, typeOnly }) =>
      impureModules.test(target) ||
      (ours && !typeOnly && (!(level1.test(target) || pure.test(target)) || target === 'src/lib/clock.ts')),
    remedy:
      'pure files take facts and give decisions; read and write in a store or the worker, and pass the result in:',
  },
  {
    name: 'src knows no door and no stack',
    files: under('src'),
    except: under('src/main'),
    breaks: ({ target }) => under('api', 'worker', 'stacks', 'src/main').test(target),
    remedy:
      'only src/main, where everything is put together, may import api, worker or src/main; turn the import round:',
  },
  {
    name: 'adapters and stores know no use case',
    files: under('src'),
    except: /^src\/main\/|-service\.ts$/,
    breaks: ({ target }) => /-service\.ts$/.test(target),
    remedy: 'a service is called by api, worker or src/main; stores and adapters never call one:',
  },
  {
    name: 'use cases take their adapters as parameters',
    files: /-service\.ts$/,
    breaks: ({ target, typeOnly, ours }) =>
      !typeOnly &&
      (ours
        ? under('src/queue', 'src/terraform', 'src/synth', 'src/sandbox', 'src/state').test(target)
        : impureModules.test(target)),
    remedy: 'a service may import stores and pure code; take adapters in its props, as a type:',
  },
  {
    name: 'api stays out of the worker and the stacks',
    files: under('api'),
    breaks: ({ target }) => under('worker', 'stacks', 'src/main').test(target),
    remedy: 'what both doors need belongs in src:',
  },
  {
    name: 'worker stays out of the api and the stacks',
    files: under('worker'),
    breaks: ({ target }) => under('api', 'stacks', 'src/main').test(target) || target === 'express',
    remedy: 'what both doors need belongs in src; stacks run in a process of their own, behind src/synth:',
  },
  {
    name: 'stacks stand on cdktf, the spec, the sizing and the lib',
    files: under('stacks'),
    breaks: ({ target, ours }) =>
      ours
        ? !under('stacks', 'src/spec', 'src/sizing', 'src/lib', 'src/errors').test(target)
        : !/^(cdktf|constructs|zod|@cdktf\/.+|node:(fs|path|readline|url))$/.test(target),
    remedy: 'constructs see a parsed spec and nothing else: no database, queue, settings, clock or network:',
  },
  {
    name: 'what the API reads of a blueprint loads no cdktf',
    files: /^stacks\/(catalog|[\w-]+\/(blueprint|spec[\w-]*))\.ts$/,
    breaks: ({ target, ours }) =>
      ours
        ? target.startsWith('stacks/') && !/^stacks\/[\w-]+\/(blueprint|spec[\w-]*)\.ts$/.test(target)
        : /^(cdktf|constructs|@cdktf\/)/.test(target),
    remedy:
      'blueprint.ts and spec*.ts hold schema, rules and facts; constructs go to stack.ts and its neighbours:',
  },
  {
    name: 'src/main knows of the stacks what the API reads',
    files: under('src/main'),
    breaks: ({ target }) =>
      target.startsWith('stacks/') && !/^stacks\/(catalog|[\w-]+\/blueprint)\.ts$/.test(target),
    remedy: 'constructs are made in a process of their own, behind src/synth:',
  },
  {
    name: 'cdktf lives in stacks alone',
    files: under('src', 'api', 'worker'),
    breaks: ({ target }) => /^(cdktf|constructs|@cdktf\/)/.test(target),
    remedy:
      'a later move to another CDKTF must touch one folder; put the code in stacks/ and call it through src/synth:',
  },
  {
    name: 'provider bindings are imported one by one',
    files: under('stacks'),
    breaks: ({ target }) =>
      target.startsWith('@cdktf/') && !/^@cdktf\/provider-[a-z]+\/lib\/[a-z0-9-]+\/index\.js$/.test(target),
    remedy:
      'the barrel of a provider costs seconds and a gigabyte; import `@cdktf/provider-x/lib/<resource>/index.js`:',
  },
  {
    name: 'express lives in api alone',
    files: under('src', 'worker', 'stacks'),
    breaks: ({ target }) => target === 'express' || target === 'swagger-ui-dist',
    remedy: 'what speaks of requests and answers belongs in api/:',
  },
  {
    name: 'BullMQ and Redis live in src/queue alone',
    files: under('src', 'api', 'worker', 'stacks'),
    except: under('src/queue'),
    breaks: ({ target }) => target === 'bullmq' || target === 'ioredis',
    remedy: 'use openQueue of src/queue/queue.ts:',
  },
  {
    name: 'the driver of PostgreSQL lives in the database rooms',
    files: under('src', 'api', 'worker', 'stacks'),
    except: /^(src\/db\/|src\/queue\/|worker\/(cancel-listener|worker)\.ts$)/,
    breaks: ({ target, typeOnly }) => target === 'pg' && !typeOnly,
    remedy: 'take a Db or Tx of src/db/db.ts as a parameter:',
  },
  {
    name: 'processes are started in few places',
    files: under('src', 'api', 'worker', 'stacks'),
    except: /^src\/(terraform\/process|synth\/synth-child|sandbox\/[\w-]+|db\/[\w-]+|main\/[\w-]+)\.ts$/,
    breaks: ({ target }) => target === 'node:child_process',
    remedy:
      'use runProcess of src/terraform/process.ts, which ends the whole group and inherits no environment:',
  },
];

describe('imports', () => {
  test.each(rules)('$name', ({ files, except, breaks, remedy }) => {
    const bound = sources.filter(({ path }) => files.test(path) && except?.test(path) !== true);
    const breaches = bound.flatMap((source) =>
      source.imports
        .filter((one) => breaks(one, source))
        .map((one) => `${source.path} imports ${one.target}`),
    );
    if (bound.length === 0) throw new Error('the rule binds no file: rename its folders with the code');
    expectNone(breaches, remedy);
  });
});
