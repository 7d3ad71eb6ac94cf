import { z } from 'zod';
import { labels } from './names.js';
import { plainJsonFaults } from './plain-json.js';

const text = (most: number) => z.string().min(1).max(most);

/** All that a stack is made from: no secret, no clock, so that equal inputs give equal bytes. */
export const stackInput = z
  .strictObject({
    environment_id: z.string().regex(/^env_[0-9a-z]{1,40}$/, 'must be an environment id such as "env_..."'),
    environment_name: text(200),
    tenant_id: text(60).regex(/^ten_[0-9a-z]+$/, 'must be a tenant id such as "ten_..."'),
    tenant_slug: text(200),
    tenant_name: text(200),
    provider: z.enum(['aws', 'sandbox']),
    cloud_account_id: text(60),
    region: z.string().regex(/^[a-z0-9][a-z0-9-]{1,39}$/, 'must be a region such as "eu-central-1"'),
    blueprint: text(60).describe('name and version, such as app@1'),
    labels: labels.default({}),
    spec: z.record(z.string(), z.unknown()),
  })
  .superRefine((input, ctx) => {
    for (const fault of plainJsonFaults(input))
      ctx.addIssue({ code: 'custom', path: [...fault.path], message: fault.message });
    if (input.provider === 'aws' && !/^\d{12}$/.test(input.cloud_account_id))
      ctx.addIssue({
        code: 'custom',
        path: ['cloud_account_id'],
        message: 'must be 12 digits for provider "aws"',
      });
  });

export type StackInput = z.output<typeof stackInput>;
