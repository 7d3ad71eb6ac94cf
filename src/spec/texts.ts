import { z } from 'zod';

/** A required text of a form, with one message for each fault: missing, of another type, of another form. */
export function requiredText(form: RegExp, message: string) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? `is required: ${message}` : message) })
    .regex(form, { error: message });
}

/** A record whose wrong names are told with the message of the name's own schema. */
export function namedTexts<K extends z.core.$ZodRecordKey, V extends z.ZodType>(name: K, value: V) {
  return z.record(name, value, {
    error: (issue) => (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined),
  });
}
