import { appError, AppError } from '../errors/app-error.js';
import { cloudFaultIn } from '../credentials/cloud-faults.js';
import { limitHit, type Deadline, type Limit } from '../config/limits.js';
import { diskFull } from '../errors/disk-full.js';
import { publicText, type Diagnostic } from './diagnostics.js';
import { transientIn } from './fault-kinds.js';
import { isDiskFull, lacksMemory } from './host-faults.js';
import type { ProcessResult } from './process.js';

export interface FailureProps {
  readonly command: 'plan' | 'show' | 'import' | 'apply';
  readonly result: ProcessResult;
  /** The one that was hit, if one was. */
  readonly limit: Limit | Deadline;
  /** Why it was stopped, when that was asked for: an AppError is passed on with what terraform wrote. */
  readonly abortReason?: unknown;
  readonly diagnostic: Diagnostic | undefined;
  /** What terraform wrote, for the log: its tail is kept. */
  readonly output: string;
  /** Masks registered secrets. */
  readonly mask: (text: string) => string;
}

const keptOutput = 65_536;

/** The one door where terraform's failures become ours: run_canceled, phase_timeout, interrupted (killed by somebody else, or for want of memory), disk_full, state_locked, a code of the cloud, apply_failed or plan_failed. */
export function terraformFailure(props: FailureProps): AppError {
  const { command, result, mask } = props;
  const killed = result.signal === 'SIGKILL' ? 'terraform did not stop by itself and was killed\n' : '';
  const detail = mask(`${killed}${props.output}`).slice(-keptOutput);
  if (result.stoppedBy === 'abort' && props.abortReason instanceof AppError)
    return appError(props.abortReason.code, props.abortReason.message, { detail, cause: props.abortReason });
  if (result.stoppedBy === 'abort')
    return appError('run_canceled', `the run was canceled during terraform ${command}`, { detail });
  if (result.stoppedBy !== null)
    return appError('phase_timeout', limitText(props), { detail, extra: limitHit(props.limit) });
  if (result.signal !== null)
    return appError('interrupted', `terraform ${command} was killed (${result.signal})`, { detail });
  if (lacksMemory(props.output)) return tooLittleMemory(command, detail);
  if (props.diagnostic && isDiskFull(props.diagnostic)) return diskFull('WORKDIR_BASE', { detail });
  const reason = props.diagnostic === undefined ? endOf(result) : mask(publicText(props.diagnostic));
  const holder = lockHolderIn(props.diagnostic);
  if (holder !== undefined)
    return appError('state_locked', `the state is locked: ${mask(holder)}; wait until it is given back`, {
      detail,
    });
  const doing = command === 'apply' ? 'apply' : command === 'import' ? 'import' : 'plan';
  const fault = cloudFaultOf(props.diagnostic);
  if (fault !== undefined)
    return appError(
      fault.code,
      `terraform could not ${doing}: ${reason}; ${fault.awsCode}: ${fault.remedy}`,
      {
        detail,
      },
    );
  const passing =
    props.diagnostic && transientIn(`${props.diagnostic.summary} ${props.diagnostic.detail}`.trim());
  if (passing !== undefined)
    return appError('cloud_unavailable', `terraform could not ${doing}: ${reason}; ${passing}: ask again`, {
      detail,
    });
  return appError(
    command === 'apply' ? 'apply_failed' : 'plan_failed',
    `terraform could not ${doing}: ${reason}`,
    {
      detail,
    },
  );
}

/** Like one that the kernel killed: it has judged nothing. */
export function tooLittleMemory(command: string, detail: string): AppError {
  const text = `terraform ${command} had too little memory: give the worker more, or raise TERRAFORM_MEMORY_MB`;
  return appError('interrupted', text, { detail });
}

function limitText({ command, limit, result }: FailureProps): string {
  const seconds = `${limit.ms / 1000} s (${limit.name})`;
  if ('at' in limit) return `the limit of ${seconds} was over during terraform ${command}, which was stopped`;
  return result.stoppedBy === 'silence'
    ? `terraform ${command} wrote nothing for ${seconds} and was stopped`
    : `terraform ${command} took longer than its limit of ${seconds}`;
}

/** Who has the lock, in the words of the state backend; undefined when something else went wrong. */
function lockHolderIn(diagnostic: Diagnostic | undefined): string | undefined {
  if (diagnostic?.summary !== 'Error acquiring the state lock') return undefined;
  return /already locked:? ID=(.+?)(?: Lock Info:| Terraform acquires|$)/.exec(diagnostic.detail)?.[1];
}

/** What the cloud said no with has a code of its own: the same as in a verification of the account. */
function cloudFaultOf(diagnostic: Diagnostic | undefined) {
  return diagnostic === undefined ? undefined : cloudFaultIn(`${diagnostic.summary} ${diagnostic.detail}`);
}

function endOf(result: ProcessResult): string {
  return `it ended with exit code ${result.exitCode}`;
}
