/** What goes to and from the thread that judges policies. */

/** Types of CEL: a name, or a map of the same. */
export interface CelTypes {
  readonly [name: string]: string | CelTypes;
}

export interface ThreadStart {
  readonly document: Readonly<Record<string, unknown>>;
  readonly types: CelTypes;
}

export interface ThreadQuestion {
  readonly expression: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Reads and checks types; judges nothing. */
  readonly checkOnly: boolean;
}

export interface ThreadAnswer {
  readonly outcome: 'passed' | 'failed' | 'broken';
  readonly text: string;
}
