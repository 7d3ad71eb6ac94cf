import { errorCodes, type Blame, type ErrorCode } from './codes.js';

/** One fault of one field: `path` in dotted form (`spec.database.size`), `message` says what to change. */
export interface FieldFault {
  readonly path: string;
  readonly message: string;
}

export interface AppErrorProps {
  /** Shown to the caller: no SQL, path, stderr or foreign ARN. */
  readonly message: string;
  /** For logs only. */
  readonly detail?: string;
  readonly errors?: readonly FieldFault[];
  /** Further public members of the problem document, such as `allowed_actions`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** The named step of a run in which it happened. */
  readonly step?: string;
}

/** The one error of Terrace: a closed code, who has to act, and a text fit for the caller. */
export class AppError extends Error {
  readonly detail: string | undefined;
  readonly errors: readonly FieldFault[];
  readonly extra: Readonly<Record<string, unknown>>;
  readonly step: string | undefined;

  constructor(
    readonly code: ErrorCode,
    props: AppErrorProps,
  ) {
    super(props.message, { cause: props.cause });
    this.name = 'AppError';
    this.detail = props.detail;
    this.errors = props.errors ?? [];
    this.extra = props.extra ?? {};
    this.step = props.step;
  }

  get publicMessage(): string {
    return this.message;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  get blame(): Blame {
    return errorCodes[this.code].blame;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}

/** Shorthand: `throw appError('not_found', 'no environment env_3')`. */
export function appError(
  code: ErrorCode,
  message: string,
  props: Omit<AppErrorProps, 'message'> = {},
): AppError {
  return new AppError(code, { ...props, message });
}

/** Any thrown thing as an AppError; what is not ours becomes `internal` with its text in `detail` only. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new AppError('internal', { message: 'an internal fault', detail: text, cause: thrown });
}
