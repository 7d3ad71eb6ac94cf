/** A rule across fields as data: the field to change, when it is broken, and what to do. */
export interface SpecRule<S> {
  readonly path: string;
  readonly when: (spec: S) => boolean;
  readonly message: string;
}
