import express, { type Express, type RequestHandler } from 'express';
import { appError } from '../src/errors/app-error.js';
import { accessLog } from './access-log.js';
import { authenticate } from './auth.js';
import { readBody } from './body.js';
import type { AppDeps } from './deps.js';
import { securityHeaders } from './headers.js';
import { createMetrics } from './metrics.js';
import { problems } from './problem.js';
import { createRequestAudit, type RequestAudit } from './request-audit.js';
import { rateLimits } from './rate-limits.js';
import { requestId } from './request-id.js';
import { allRoutes } from './routes/all.js';
import type { Route } from './route.js';
import { admit, serve } from './serve.js';

/** The REST API: every call from the table of routes; nothing but the open ones without a token. */
export function createApp(deps: AppDeps): Express {
  const metrics = createMetrics(deps);
  const routes = allRoutes(deps, metrics);
  const audit = createRequestAudit(deps.auditor, routes);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.use(requestId, ...securityHeaders, accessLog(deps.log, metrics));
  for (const route of routes.filter(({ right }) => right === 'open')) mount(app, { deps, audit }, route);
  app.use(authenticate(deps.signIn, browserPaths(routes)), ...rateLimits(deps.rateLimits));
  for (const route of routes.filter(({ right }) => right !== 'open')) mount(app, { deps, audit }, route);
  for (const [path, methods] of methodsByPath(routes)) app.all(expressPath(path), wrongMethod(methods));
  app.use((req) => {
    throw appError('not_found', `no such path: ${req.path.slice(0, 200)}`);
  });
  app.use(problems(deps.log, audit));
  return app;
}

interface Serving {
  readonly deps: AppDeps;
  readonly audit: RequestAudit;
}

function mount(app: Express, { deps, audit }: Serving, route: Route): void {
  app[route.method](expressPath(route.path), admit(route), readBody, serve(deps, audit, route));
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function browserPaths(routes: readonly Route[]): (path: string) => boolean {
  const paths = routes.filter(({ browser }) => browser === true).map(({ path }) => path.replace(/\{.*$/, ''));
  return (asked) => paths.some((path) => asked === path || (path.endsWith('/') && asked.startsWith(path)));
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { path, method } of routes) {
    const methods = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];
    found.set(path, [...(found.get(path) ?? []), ...methods]);
  }
  return found;
}

function wrongMethod(methods: readonly string[]): RequestHandler {
  const allowed = methods.join(', ');
  return (req, res) => {
    res.set('Allow', allowed);
    throw appError('method_not_allowed', `${req.method} is not possible here: use ${allowed}`);
  };
}
