/** GetServiceQuota (https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/). */
import type { Asking } from './service.js';
import { Refusal } from './world.js';

/** AWS's defaults for a new account. */
const usual: Readonly<Record<string, number>> = {
  'ec2/L-1216C47A': 5,
  'ec2/L-0263D0A3': 5,
  'vpc/L-F678F1CE': 5,
  'vpc/L-FE5A380F': 5,
  'rds/L-7B6409FD': 40,
  'eks/L-1194D53C': 100,
};

export function serviceQuotas({ world, action, params, signer }: Asking): string {
  if (action !== 'GetServiceQuota')
    throw new Refusal('InvalidAction', `the stand-in for Service Quotas does not know ${action}`);
  const key = `${params.ServiceCode}/${params.QuotaCode}`;
  const value = world.account(signer.identity.account).quotas?.[key] ?? usual[key];
  if (value === undefined) throw new Refusal('NoSuchResourceException', `no quota ${key}`, 404);
  return JSON.stringify({
    Quota: { ServiceCode: params.ServiceCode, QuotaCode: params.QuotaCode, Value: value },
  });
}
