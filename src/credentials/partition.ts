/** The partition of an ARN (`aws`, `aws-cn`, `aws-us-gov`); `aws` where there is none. */
export function partitionOf(arn: string | null): string {
  return arn?.split(':')[1] ?? 'aws';
}
