import { appError, AppError } from '../errors/app-error.js';
import { publicText, type Diagnostic } from './diagnostics.js';
import type { ProcessResult } from './process.js';

export interface FailureProps {
  readonly command: 'plan' | 'show' | 'import' | 'apply';
  readonly result: ProcessResult;
  readonly timeoutMs: number;
  /** Why it was stopped, when that was asked for: an AppError is passed on with what terraform wrote. */
  readonly abortReason?: unknown;
  readonly diagnostic: Diagnostic | undefined;
  /** What terraform wrote, for the log: its tail is kept. */
  readonly output: string;
  /** Masks registered secrets. */
  readonly mask: (text: string) => string;
}

const keptOutput = 65_536;

/** The one door where terraform's failures become ours: run_canceled, phase_timeout, apply_failed or plan_failed. */
export function terraformFailure(props: FailureProps): AppError {
  const { command, result, mask } = props;
  const killed = result.signal === 'SIGKILL' ? 'terraform did not stop by itself and was killed\n' : '';
  const detail = mask(`${killed}${props.output}`).slice(-keptOutput);
  if (result.stoppedBy === 'abort' && props.abortReason instanceof AppError)
    return appError(props.abortReason.code, props.abortReason.message, { detail, cause: props.abortReason });
  if (result.stoppedBy === 'abort')
    return appError('run_canceled', `the run was canceled during terraform ${command}`, { detail });
  if (result.stoppedBy === 'timeout')
    return appError(
      'phase_timeout',
      `terraform ${command} took longer than its limit of ${props.timeoutMs / 1000} s`,
      {
        detail,
      },
    );
  const reason = props.diagnostic === undefined ? endOf(result) : mask(publicText(props.diagnostic));
  return command === 'apply'
    ? appError('apply_failed', `terraform could not apply: ${reason}`, { detail })
    : appError('plan_failed', `terraform could not ${command === 'import' ? 'import' : 'plan'}: ${reason}`, {
        detail,
      });
}

function endOf(result: ProcessResult): string {
  return result.signal === null
    ? `it ended with exit code ${result.exitCode}`
    : `it was ended by ${result.signal}`;
}
