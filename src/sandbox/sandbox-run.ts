/** Who calls: the run whose terraform talks to a session, and the cloud account and region it works in. */
export interface SandboxRun {
  readonly environmentId: string;
  readonly runId: string;
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
}
