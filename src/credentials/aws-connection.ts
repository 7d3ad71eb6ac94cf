/** How Terrace reaches AWS, and the one door where AWS's errors become ours. */
import { appError, AppError } from '../errors/app-error.js';
import { cloudFaultOf } from './cloud-faults.js';

/** Temporary or lasting keys. Never log it; register its parts with the redactor. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface AwsConnection {
  /** Called in place of AWS's own addresses. @default - those of each service and region */
  readonly endpoint?: string;
  /** Keys of the control account. @default - the chain of the AWS SDK: environment, web identity (IRSA), container, instance */
  readonly controlKeys?: Keys;
}

export interface ClientProps {
  readonly region: string;
  /** @default - those of the control account */
  readonly keys?: Keys;
}

/** What every client of the SDK is made with: regional, few retries of what can be retried, a limit for each call. */
export function clientConfig({ endpoint, controlKeys }: AwsConnection, { region, keys }: ClientProps) {
  const credentials = keys ?? controlKeys;
  return {
    region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 15_000 },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** The code AWS, the SDK or the system gave an error. */
export function awsCodeOf(thrown: unknown): string {
  if (thrown === null || typeof thrown !== 'object') return 'Unknown';
  const { name, code, Code } = thrown as { name?: unknown; code?: unknown; Code?: unknown };
  const texts = [Code, code, name].filter((one): one is string => typeof one === 'string');
  return texts.find((one) => cloudFaultOf(one) !== undefined) ?? texts.at(-1) ?? 'Unknown';
}

/** An error of the SDK as ours. `doing` says what was tried: `describe cluster shop`. AWS's own words stay in `detail`. */
export function awsError(thrown: unknown, doing: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const awsCode = awsCodeOf(thrown);
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const { code, remedy } = cloudFaultOf(awsCode) ?? {
    code: 'cloud_refused' as const,
    remedy: 'see the log of Terrace for the words of AWS',
  };
  return appError(code, `could not ${doing}: ${awsCode}; ${remedy}`, {
    detail,
    extra: { aws_code: awsCode },
    cause: thrown,
  });
}
