import type { AccountCheck } from '../account/verification.js';
import type { ErrorCode } from '../errors/codes.js';
import { awsError } from './aws-connection.js';

type Metadata = AccountCheck['metadata'];

export function passedCheck(name: string, message: string, metadata: Metadata = {}): AccountCheck {
  return { name, status: 'passed', code: null, message, metadata };
}

export function failedCheck(
  name: string,
  code: ErrorCode,
  message: string,
  metadata: Metadata = {},
): AccountCheck {
  return { name, status: 'failed', code, message, metadata };
}

/** Usable, but something will fail sooner or later. */
export function warningCheck(
  name: string,
  code: ErrorCode,
  message: string,
  metadata: Metadata = {},
): AccountCheck {
  return { name, status: 'warning', code, message, metadata };
}

/** Could not be found out. */
export function skippedCheck(
  name: string,
  code: ErrorCode | null,
  message: string,
  metadata: Metadata = {},
): AccountCheck {
  return { name, status: 'skipped', code, message, metadata };
}

/** A check that could not be made, with the permission that it takes. */
export function unreadable(name: string, thrown: unknown, action: string): AccountCheck {
  const { code, message } = awsError(thrown, `check ${name}`);
  return skippedCheck(name, code, message, { action });
}
