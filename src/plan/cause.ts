/** Why an attribute changes. Members are those of the API. */
export type Cause =
  /** Fields that the request changed; `before` and `after` are told when it is one field. */
  | {
      readonly kind: 'spec';
      readonly fields: readonly string[];
      readonly before?: unknown;
      readonly after?: unknown;
    }
  /** A new environment: nothing was there before. `fields` are those that such resources stem from. */
  | { readonly kind: 'create'; readonly fields: readonly string[] }
  /** The environment is to be destroyed. */
  | { readonly kind: 'destroy' }
  /** Terrace or the blueprint makes another stack of the same spec than it did at the last apply. */
  | { readonly kind: 'engine'; readonly before?: string; readonly after?: string }
  /** Somebody changed it outside of Terraform; the plan puts it back. */
  | { readonly kind: 'drift' }
  /** Follows from another change of this plan; `from` names resources, or variables as `var.<name>`. */
  | { readonly kind: 'derived'; readonly from: readonly string[] };
