import type { Request } from 'express';
import type { RequestContext } from '../src/token/principal.js';
import type { Route } from './route.js';

/** The route that a request is for, by method and path; undefined when there is none. */
export function matchRoute(routes: readonly Route[], req: Request): Route | undefined {
  const method = req.method === 'HEAD' ? 'get' : req.method.toLowerCase();
  return routes.find((route) => route.method === method && patternOf(route.path).test(req.path));
}

/** The last id in a path of that route; null when it has none. */
export function targetIn(route: Route, path: string): string | null {
  return patternOf(route.path).exec(path)?.slice(1).at(-1) ?? null;
}

const patterns = new Map<string, RegExp>();

function patternOf(path: string): RegExp {
  const known = patterns.get(path);
  if (known !== undefined) return known;
  const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '([^/]+)')}/?$`);
  patterns.set(path, pattern);
  return pattern;
}

export interface ViewCall {
  readonly params: unknown;
  readonly ctx: RequestContext;
  readonly req: Request;
}

/** Reads the thing that a change is about, as the API tells it to that caller. */
export type Viewer = (call: ViewCall) => Promise<unknown>;

/** The GET of the thing itself: of the same path, or for `/runs/{run_id}/approve` of `/runs/{run_id}`. Undefined for new things. */
export function viewerOf(routes: readonly Route[], changing: Route): Viewer | undefined {
  const own = changing.method === 'post' ? thingPath(changing.path) : changing.path;
  const get = find(routes, own) ?? find(routes, thingPath(changing.path));
  if (get === undefined) return undefined;
  return async ({ params, ctx, req }) => {
    const query = get.query.safeParse({}).data;
    const answer = await get.handle({ params, query, body: undefined, ctx, req });
    return 'body' in answer ? answer.body : null;
  };
}

function find(routes: readonly Route[], path: string): Route | undefined {
  return path === '' ? undefined : routes.find((one) => one.method === 'get' && one.path === path);
}

/** A path up to its last id. */
function thingPath(path: string): string {
  return path.slice(0, path.lastIndexOf('}') + 1);
}
