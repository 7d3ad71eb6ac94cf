import { z } from 'zod';

export const time = z.iso.datetime().meta({ id: 'Time', description: 'ISO 8601 in UTC' });
export const anId = (text: string) => z.string().max(64).describe(text);

/** What every list takes. */
export const pageQuery = (most: number, usual: number) => ({
  limit: z.coerce.number().int().min(1).max(most).default(usual).describe('items per page'),
  cursor: z.string().max(300).optional().describe('`next_cursor` of the page before'),
});

/** A page of `item`. */
export const pageOf = <T extends z.ZodType>(name: string, item: T) =>
  z
    .strictObject({
      items: z.array(item),
      next_cursor: z.string().nullable().describe('null on the last page'),
    })
    .meta({ id: name });

export const recordedError = z
  .strictObject({
    code: z.string(),
    message: z.string(),
    blame: z.string().describe('who has to act: caller, tenant_cloud or platform'),
    retryable: z.boolean(),
    step: z.string().nullable(),
    limit: z
      .strictObject({ name: z.string().describe('its setting'), seconds: z.number() })
      .optional()
      .describe('the time limit that was hit, if one was'),
  })
  .meta({ id: 'RecordedError' });

export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('stable; listed in docs/errors.md'),
    detail: z.string(),
    request_id: z.string(),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .describe('every fault at once'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

export const iso = (date: Date): string => date.toISOString();
export const isoOrNull = (date: Date | null): string | null => date?.toISOString() ?? null;

/** A name in DNS form, as Kubernetes takes it (RFC 1123 label). */
export const dnsLabel = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, {
      error: 'must be lower-case letters, digits and -, start with a letter and not end with -',
    });
