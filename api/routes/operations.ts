import { z } from 'zod';
import type { AppDeps } from '../deps.js';
import { docsFile, docsPage } from '../docs.js';
import type { Metrics } from '../metrics.js';
import { openApi } from '../openapi.js';
import { checkReadiness } from '../readiness.js';
import { route, type Route } from '../route.js';

const tag = 'operations';
const health = z.strictObject({ status: z.string(), service: z.string() }).meta({ id: 'Health' });
const readiness = z
  .strictObject({
    status: z.enum(['ready', 'not_ready']),
    checks: z.record(z.string(), z.enum(['ok', 'failed'])),
  })
  .meta({ id: 'Readiness' });
const fileParams = z.strictObject({ file: z.string().max(60) });

/** What operators and browsers ask; `all` gives every route, for the description of the API. */
export function operationRoutes(deps: AppDeps, metrics: Metrics, all: () => readonly Route[]): Route[] {
  let description: object | undefined;
  return [
    route({
      method: 'get',
      path: '/health',
      right: 'open',
      tag,
      summary: 'Whether the process lives',
      response: { status: 200, description: 'it does', schema: health },
      handle: () => ({ body: { status: 'healthy', service: 'terrace-api' } }),
    }),
    route({
      method: 'get',
      path: '/ready',
      right: 'open',
      tag,
      summary: 'Whether requests can be served',
      response: {
        status: 200,
        description: 'they can',
        schema: readiness,
        otherStatuses: { 503: 'something does not answer' },
      },
      handle: async () => {
        const checks = Object.entries(await checkReadiness(deps));
        const ready = checks.every(([, ok]) => ok);
        const told = Object.fromEntries(
          checks.map(([name, ok]) => [name, ok ? ('ok' as const) : ('failed' as const)]),
        );
        const status = ready ? ('ready' as const) : ('not_ready' as const);
        return { status: ready ? 200 : 503, body: { status, checks: told } };
      },
    }),
    route({
      method: 'get',
      path: '/metrics',
      right: 'read',
      platform: true,
      browser: true,
      tag,
      summary: 'Metrics in Prometheus text form',
      response: { status: 200, description: 'the metrics', otherTypes: ['text/plain'] },
      handle: async () => ({ text: await metrics.text(), contentType: metrics.contentType }),
    }),
    route({
      method: 'get',
      path: '/openapi.json',
      right: 'read',
      browser: true,
      tag,
      summary: 'This description',
      response: { status: 200, description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) },
      handle: () => ({ body: { ...(description ??= openApi(all())) } }),
    }),
    route({
      method: 'get',
      path: '/docs',
      right: 'read',
      browser: true,
      tag,
      summary: 'This description as a page',
      response: { status: 200, description: 'the page', otherTypes: ['text/html'] },
      handle: docsPage,
    }),
    route({
      method: 'get',
      path: '/docs/{file}',
      right: 'read',
      browser: true,
      tag,
      summary: 'Files of the page',
      request: { params: fileParams },
      response: { status: 200, description: 'the file', otherTypes: ['text/css', 'text/javascript'] },
      errors: ['not_found'],
      handle: ({ params }) => docsFile(params.file),
    }),
  ];
}
