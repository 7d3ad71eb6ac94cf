import type { Response } from 'express';
import type { Principal } from '../src/token/principal.js';

/** What earlier handlers leave for later ones on `res.locals`. */
export interface Locals {
  readonly requestId: string;
  readonly principal?: Principal;
  /** A secret of the caller, for sealing stored answers; never logged. */
  readonly sealText?: string;
  /** Finds out again who asks, for answers that last. */
  readonly signInAgain?: () => Promise<Principal>;
  /** The path of the route that answers, for logs and metrics. */
  readonly endpoint?: string;
  readonly errorCode?: string;
  /** The audit log already tells of this request. */
  readonly audited?: boolean;
}

export function locals(res: Response): Locals {
  return res.locals as Locals;
}

export function setLocals(res: Response, values: Partial<Locals>): void {
  Object.assign(res.locals, values);
}
