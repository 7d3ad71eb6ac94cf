import type { SandboxRun } from '../sandbox-run.js';
import type { ValueObject } from '../values.js';

/** How an object is found, told apart from others, and what it lives in. */
export interface Identity {
  /** What it is read and imported by. */
  readonly objectId: string;
  /** What must be unique in its account and region; default: the object id. */
  readonly naturalKey?: string;
  /** The object it lives in and dies with. */
  readonly parent?: {
    readonly type: string;
    readonly objectId: string;
    /** The parent is not required to exist: it may be one that Terrace did not make. */
    readonly mayBeElsewhere?: true;
  };
  /** The name that faults may ask for. */
  readonly name: string;
}

export interface ComputeInput {
  readonly run: SandboxRun;
  /** The planned value; what is computed may still be unknown in it. */
  readonly value: ValueObject;
  readonly prior: ValueObject | null;
}

/** A computed value, or how to make it from the object that holds the attribute. */
export type Computed = unknown | ((siblings: ValueObject) => unknown);

/** What the bindings do not say about a type. Paths are dotted names without indices. */
export interface TypeOverlay {
  readonly sensitive?: readonly string[];
  readonly writeOnly?: readonly string[];
  readonly forceNew?: readonly string[];
  /** Paths whose change forces a new object for this change of values, though not for every one. */
  readonly alsoForceNew?: (planned: ValueObject, prior: ValueObject) => readonly string[];
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Computed attributes that a change makes unknown again (top level). */
  readonly unknownOnUpdate?: readonly string[];
  /** Computed attributes (top level) that a change at one of the paths makes unknown again. */
  readonly unknownWhen?: Readonly<Record<string, readonly string[]>>;
  /** Computed values made anew at every update, although the plan kept the former ones (older SDK only). */
  readonly renewed?: readonly string[];
  /** Names the cloud chooses when none is given; settled before everything else. */
  readonly names?: (value: ValueObject) => Readonly<Record<string, unknown>>;
  /** `undefined` when the value does not say which object it is. Types without it live in the state alone. */
  readonly identify?: (value: ValueObject, run: SandboxRun) => Identity | undefined;
  readonly compute?: (input: ComputeInput) => Readonly<Record<string, Computed>>;
  /** What the cloud would refuse, one text each; called with unknown values too. */
  readonly faultsOf?: (value: ValueObject) => readonly string[];
  /** Whether to make it is to take over what exists already, as `CREATE ... IF NOT EXISTS` does. */
  readonly adoptsExisting?: (value: ValueObject) => boolean;
  readonly alreadyExists?: (value: ValueObject, identity: Identity) => string;
  readonly parentMissing?: (identity: Identity) => string;
  /** Whether the object makes its parent itself where that is missing. */
  readonly makesParent?: (value: ValueObject) => boolean;
  /** Why the cloud refuses to delete the object, if it does. */
  readonly refuseDelete?: (value: ValueObject) => string | undefined;
  /** What must be gone from the object before it can be deleted; other things in it die with it. */
  readonly heldBy?: {
    readonly types: readonly string[];
    readonly unless?: (value: ValueObject) => boolean;
    readonly refusal: (identity: Identity) => string;
  };
  /** A value from an import id, for types that live in the state alone. */
  readonly importState?: (importId: string) => ValueObject | undefined;
}
