/** What became of what was asked. `unknown`: the process died before it could say; the change may have been made. */
export const auditResults = ['done', 'refused', 'failed', 'unknown'] as const;
export type AuditResult = (typeof auditResults)[number];

/** One line of the audit log as it is written; secrets are masked before. */
export interface AuditEntry {
  /** ISO 8601 in UTC with milliseconds. */
  readonly at: string;
  /** Id of the token or person, `system` for Terrace itself, null for somebody who showed no valid token. */
  readonly actor_id: string | null;
  readonly actor_name: string | null;
  /** `POST /api/v1/runs/{run_id}/approve`, or what the system did: `run_succeeded`. */
  readonly action: string;
  /** Id of the thing acted on. */
  readonly target: string | null;
  /** The tenant whose log this belongs to; null = the platform's alone. */
  readonly tenant_id: string | null;
  /** Address that the request came from. */
  readonly ip: string | null;
  readonly request_id: string | null;
  readonly result: AuditResult;
  /** HTTP status of the answer. */
  readonly status: number | null;
  /** Error code of a refusal or failure. */
  readonly code: string | null;
  readonly detail: string | null;
  /** The members that changed, as the API tells them; null where there was nothing before, or nothing is known. */
  readonly before: unknown;
  readonly after: unknown;
  /** How many further refusals of the same kind this line stands for. */
  readonly repeated: number;
}

/** A line with its place in the chain. */
export interface AuditRow {
  readonly sequence: number;
  /** The canonical JSON of an `AuditEntry`: the text that is hashed. */
  readonly entry: string;
  readonly previousSha256: string;
  readonly sha256: string;
}

/** The last link of the chain: who keeps a copy elsewhere can tell later that nothing was cut off or written anew. */
export interface AuditHead {
  readonly sequence: number;
  readonly sha256: string;
}

export interface AuditFilter {
  readonly tenantId?: string;
  readonly actorId?: string;
  readonly action?: string;
  readonly target?: string;
  readonly result?: AuditResult;
  /** Not before. */
  readonly from?: Date;
  /** Before. */
  readonly to?: Date;
}
