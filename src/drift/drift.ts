/** What was changed beside Terrace, as the last check found it. Members are those of the API. */
export interface Drift {
  /** `unknown` = the last check could not look; `changes` are those of the one before. */
  readonly status: 'in_sync' | 'drifted' | 'unknown';
  /** ISO 8601 in UTC. */
  readonly checked_at: string;
  /** The first ones, at most `mostDriftChanges`, of those that are not ignored. */
  readonly changes: readonly DriftChange[];
  readonly changes_total: number;
  /** How many changed attributes and resources `drift_ignore` covers. */
  readonly ignored: number;
  /** Why the last check could not look. */
  readonly error: string | null;
  /** The drift check, or the run whose apply put things right. */
  readonly run_id: string | null;
}

export interface DriftChange {
  readonly address: string;
  readonly resource_type: string;
  /** `delete` = it is gone. */
  readonly action: 'update' | 'delete';
  /** Empty of what is gone. */
  readonly attributes: readonly DriftAttribute[];
}

/** `before` as it was applied, `after` as it was found; sensitive values masked. */
export interface DriftAttribute {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly sensitive: boolean;
}

/** What counts as no drift. `*` stands for any part of an address or a path. */
export interface DriftIgnore {
  readonly address: string;
  /** Paths such as `tags.*`; a path covers what is below it. Empty = the resource as a whole, gone or changed. */
  readonly attributes: readonly string[];
}

export const mostDriftChanges = 200;
