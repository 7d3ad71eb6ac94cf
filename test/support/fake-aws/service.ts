import type { IncomingHttpHeaders } from 'node:http';
import type { Signer } from './signature.js';
import type { World } from './world.js';

/** A call whose signer is known, about to be answered. */
export interface Asking {
  readonly world: World;
  /** Such as `AssumeRole`. */
  readonly action: string;
  readonly params: Readonly<Record<string, string>>;
  readonly signer: Signer;
  /** The path, for services that speak REST. */
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  /** @default 200 */
  readonly status?: number;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}
