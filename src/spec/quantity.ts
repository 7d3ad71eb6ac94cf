import { z } from 'zod';

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

const form = /^(\d{1,12}(?:\.\d{1,9})?)(n|u|m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/;
const gibibyte = 2 ** 30;

/** The number a Kubernetes quantity stands for (`500m` = 0.5, `2Gi` = 2147483648), or undefined when it is none.
 *  Source: kubernetes.io, "Quantity" (the exponent form `1e3` is left out on purpose). */
export function quantityValue(text: string): number | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (suffixes[match[2] ?? ''] ?? Number.NaN);
}

/** CPU cores of a valid quantity. */
export function cpuCores(text: string): number {
  return quantityValue(text) ?? 0;
}

/** Gigabytes (of 2^30 bytes, as cloud providers count them) of a valid quantity. */
export function gigabytes(text: string): number {
  return (quantityValue(text) ?? 0) / gibibyte;
}

const positive = (text: string) => (quantityValue(text) ?? 0) > 0;

/** A CPU quantity such as `2` or `500m`. */
export const cpuQuantity = z
  .string({ error: 'must be a text such as "2" or "500m"' })
  .refine(positive, { error: 'must be a CPU quantity above 0, such as "2" or "500m"', abort: true });

/** A memory or storage quantity such as `512Mi` or `20Gi`. */
export const byteQuantity = z
  .string({ error: 'must be a text such as "512Mi" or "20Gi"' })
  .refine((text) => positive(text) && (quantityValue(text) ?? 0) >= 2 ** 20, {
    error: 'must be a size of at least 1Mi, such as "512Mi" or "20Gi"',
    abort: true,
  });
