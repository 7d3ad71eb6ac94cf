import type { Request } from 'express';
import { z } from 'zod';
import type { ErrorCode } from '../src/errors/codes.js';
import type { Right } from '../src/access/rights.js';
import type { RequestContext } from '../src/token/principal.js';

/**
 * One declaration per call of the API: the handler, the rights check, the parsing and the OpenAPI entry all come from it,
 * so that they cannot drift apart.
 */
export interface RouteProps<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  A extends z.ZodType,
> {
  readonly method: Method;
  /** In OpenAPI form: `/api/v1/runs/{run_id}`. */
  readonly path: string;
  /** `open` = no token at all. */
  readonly right: Right | 'open';
  /** Only for tokens bound to no tenant. */
  readonly platform?: boolean;
  /** A reading that the audit log keeps, without what was read. */
  readonly audited?: boolean;
  /** A browser may send the token as the password of HTTP Basic. */
  readonly browser?: boolean;
  readonly tag: string;
  readonly summary: string;
  readonly request?: { readonly params?: P; readonly query?: Q; readonly body?: B };
  readonly response: ResponseProps<A>;
  /** What may go wrong besides what can go wrong with every call. */
  readonly errors?: readonly ErrorCode[];
  handle(
    input: Input<z.output<P>, z.output<Q>, z.output<B>>,
  ): Promise<Answer<z.input<A>>> | Answer<z.input<A>>;
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface ResponseProps<A extends z.ZodType> {
  readonly status: number;
  readonly description: string;
  readonly schema?: A;
  /** Other content types it is told in when `Accept` asks for them. */
  readonly otherTypes?: readonly string[];
  readonly headers?: readonly ('Location' | 'ETag')[];
  /** Further statuses with a body of the same schema. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
}

export interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly ctx: RequestContext;
  readonly req: Request;
}

export interface Stream {
  readonly signal: AbortSignal;
  /** Aborted when the server is about to end; the caller is to come back, to another one. */
  readonly draining: AbortSignal;
  write(chunk: string): void;
  /** Resolves when the caller has taken what was written, or is gone. */
  drained(): Promise<void>;
}

/** What a handler gives back: JSON, a text of some content type, or a stream that ends when its promise does. */
export type Answer<T> = { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } & (
  | { readonly body: T }
  | { readonly text: string | Buffer; readonly contentType: string }
  | { readonly stream: (stream: Stream) => Promise<void>; readonly contentType: string }
);

type Erased = RouteProps<z.ZodType, z.ZodType, z.ZodType, z.ZodType>;

/** A route whose types have done their work. */
export type Route = Omit<Erased, 'handle' | 'request' | 'response'> & {
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly response: ResponseProps<z.ZodType>;
  handle(input: Input<unknown, unknown, unknown>): Promise<Answer<unknown>> | Answer<unknown>;
};

const nothing = z.strictObject({});
/** Calls without a body may send none, or `{}`. */
const noBody = nothing.optional();

type Nothing = typeof nothing;
type NoBody = typeof noBody;

export function route<
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = NoBody,
  A extends z.ZodType = z.ZodUnknown,
>(props: RouteProps<P, Q, B, A>): Route {
  const { request, handle, ...rest } = props;
  return {
    ...rest,
    params: request?.params ?? nothing,
    query: request?.query ?? nothing,
    body: request?.body ?? noBody,
    handle: (input) => handle(input as Input<z.output<P>, z.output<Q>, z.output<B>>),
  };
}

export function hasBody(route: Route): boolean {
  return route.body !== noBody;
}
