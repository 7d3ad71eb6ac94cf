import { errorCodes, type ErrorCode } from '../errors/codes.js';

/** `warning` = usable, but something will fail sooner or later; `skipped` = could not be found out. */
export const checkStatuses = ['passed', 'failed', 'warning', 'skipped'] as const;
export type CheckStatus = (typeof checkStatuses)[number];

/** One thing found out about an account. */
export interface AccountCheck {
  /** Such as `assume_plan_role` or `region_enabled:eu-central-1`. */
  readonly name: string;
  readonly status: CheckStatus;
  /** Why it did not pass: the code that a run would fail with. */
  readonly code: ErrorCode | null;
  /** For people, with what to do. */
  readonly message: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface Verification {
  /** Whether environments may be requested in the account. */
  readonly verified: boolean;
  readonly checkedAt: Date;
  readonly checks: readonly AccountCheck[];
}

/** `unknown` = the cloud could not be asked: what was proven before still counts. */
export type Verdict = 'verified' | 'refused' | 'unknown';

export function verdictOf(checks: readonly AccountCheck[]): Verdict {
  const failed = checks.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return checks.length > 0 ? 'verified' : 'unknown';
  return failed.every(({ code }) => code !== null && isNoAnswer(code)) ? 'unknown' : 'refused';
}

/** Not the account's doing. */
function isNoAnswer(code: ErrorCode): boolean {
  return errorCodes[code].retryable || errorCodes[code].blame === 'platform';
}
