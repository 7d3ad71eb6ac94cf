import { z } from 'zod';

export const jobNames = ['plan', 'apply', 'recover'] as const;
export type JobName = (typeof jobNames)[number];

/** A job carries ids only; everything else is read from PostgreSQL when it is done. */
export const jobPayload = z.strictObject({ run_id: z.string() });
export type JobPayload = z.output<typeof jobPayload>;
