// Writes the tables of README.md and docs/ that follow from the code, between their marker comments.
// `node scripts/docs.mjs` after a build writes them; `--check` only says whether they are up to date (exit 1 if not).
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import * as prettier from 'prettier';
import { sizingTables } from './docs-sizing.mjs';

const root = new URL('../', import.meta.url);

/** The pages that hold generated tables. */
export const pages = [
  'README.md',
  'docs/access.md',
  'docs/api.md',
  'docs/errors.md',
  'docs/recovery.md',
  'docs/runs.md',
  'docs/operations.md',
  'docs/sizing.md',
  'docs/webhooks.md',
];

/** Each table by the name of its markers, made from the facts of the code (see docs.d.mts for their shape). */
export const tables = {
  settings: ({ settings }) =>
    table(
      ['setting', 'default', 'meaning'],
      Object.entries(settings).map(([name, schema]) => [
        code(name),
        defaultOf(schema),
        schema.description ?? '',
      ]),
    ),
  calls: ({ routes }) =>
    table(
      ['call', 'right', 'does'],
      routes.map(({ method, path, right, summary }) => [
        code(`${method.toUpperCase()} ${path}`),
        right,
        summary,
      ]),
    ),
  errors: ({ errorCodes }) =>
    table(
      ['code', 'HTTP', 'who acts', 'same call again', 'when, and what to do'],
      Object.entries(errorCodes)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { status, blame, retryable, help }]) => [
          code(name),
          status,
          blame.replace('_', ' '),
          retryable ? 'may succeed' : '',
          help,
        ]),
    ),
  run_transitions: ({ runTransitions }) =>
    table(
      ['status', 'may become'],
      Object.entries(runTransitions).map(([from, to]) => [
        code(from),
        to.map(code).join(', ') || 'nothing: it is final',
      ]),
    ),
  run_actions: ({ runActions }) => actions('action on a run', runActions),
  environment_actions: ({ environmentActions }) => actions('action on an environment', environmentActions),
  environment_statuses: ({ runKinds, runTransitions, environmentStatusAfter }) =>
    table(
      ['run is', ...runKinds.map((kind) => `${kind} run`)],
      Object.keys(runTransitions).map((status) => [
        code(status),
        ...runKinds.map((kind) => environmentStatus(environmentStatusAfter, kind, status)),
      ]),
    ),
  roles: ({ rightsOfRole, rightTexts }) =>
    table(
      ['right', 'allows to', ...Object.keys(rightsOfRole).map(code)],
      Object.entries(rightTexts).map(([right, text]) => [
        code(right),
        text,
        ...Object.values(rightsOfRole).map((held) => (held.includes(right) ? 'yes' : '')),
      ]),
    ),
  event_types: ({ eventTypes }) =>
    table(
      ['event', 'tells'],
      Object.entries(eventTypes).map(([type, text]) => [code(type), text]),
    ),
  import_ids: ({ importRules }) =>
    table(
      ['type', 'import id', 'the reported id serves'],
      Object.entries(importRules).map(([type, rule]) => [
        code(type),
        rule.kind === 'arguments'
          ? code(rule.form)
          : rule.kind === 'never'
            ? `never: ${rule.why}`
            : 'made by the cloud',
        rule.kind === 'reported' || rule.reported === true ? 'yes' : '',
      ]),
    ),
  ...sizingTables({ table, code }),
};

/** `text` with every generated table as `facts` would have it. Throws for markers that no table answers to. */
export async function rendered(text, facts) {
  const marked = text.replace(/<!-- generated: (\w+) -->[^]*?<!-- end -->/g, (_, name) => {
    if (tables[name] === undefined) throw new Error(`no generated table is called ${name}`);
    return `<!-- generated: ${name} -->\n\n${tables[name](facts)}\n\n<!-- end -->`;
  });
  const options = JSON.parse(readFileSync(new URL('.prettierrc.json', root), 'utf8'));
  return prettier.format(marked, { ...options, parser: 'markdown' });
}

/** The table of routes as it is declared, the sandbox's included; handlers are made and never called. */
export function declaredRoutes(allRoutes) {
  return allRoutes({ sandbox: {} }, {});
}

/** What the environment shows while and after a run of that kind is in that status. */
function environmentStatus(after, kind, status) {
  const rests = ['ready', 'failed'];
  const show = (applyStarted) => {
    const shown = rests.map((settled) => after({ kind, status, applyStarted }, { status: 'ready', settled }));
    return shown[0] === shown[1] ? code(shown[0]) : 'as before';
  };
  if (status === 'interrupted' || kind === 'drift_check') return 'unchanged';
  const [before, since] = [show(false), show(true)];
  return before === since ? before : `${before}*`;
}

function actions(title, allowed) {
  return table(
    [title, 'allowed while the status is'],
    Object.entries(allowed).map(([action, statuses]) => [code(action), statuses.map(code).join(', ')]),
  );
}

function defaultOf(schema) {
  const { success, data } = schema.safeParse(undefined);
  return success && data !== undefined ? code(data) : 'unset';
}

function code(text) {
  return `\`${text}\``;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

async function factsOfBuild() {
  const parts = [
    'config/settings',
    'errors/codes',
    'run/run-state',
    'environment/environment-state',
    'access/rights',
    'event/event-types',
    'terraform/import-ids',
  ];
  const modules = await Promise.all(parts.map((part) => import(new URL(`dist/src/${part}.js`, root).href)));
  const { allRoutes } = await import(new URL('dist/api/routes/all.js', root).href);
  const sizingParts = ['sizing-table', 'sizing', 'instance-table'];
  const sizing = await Promise.all(
    sizingParts.map((part) => import(new URL(`dist/src/sizing/${part}.js`, root).href)),
  );
  return Object.assign(
    { routes: declaredRoutes(allRoutes), sizing: Object.assign({}, ...sizing) },
    ...modules,
  );
}

async function main(check) {
  const facts = await factsOfBuild();
  const stale = [];
  for (const page of pages) {
    const url = new URL(page, root);
    const text = readFileSync(url, 'utf8');
    const fresh = await rendered(text, facts);
    if (fresh === text) continue;
    stale.push(page);
    if (!check) writeFileSync(url, fresh);
  }
  if (stale.length === 0) return;
  console.log(
    check
      ? `out of date: ${stale.join(', ')}; run \`node scripts/docs.mjs\``
      : `written: ${stale.join(', ')}`,
  );
  if (check) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await main(process.argv.includes('--check'));
