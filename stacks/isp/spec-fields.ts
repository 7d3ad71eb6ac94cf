import { z } from 'zod';
import { pinnedImage } from '../../src/spec/image.js';

/** A pinned container image with a default. */
export function image(standard: string) {
  return pinnedImage.default(standard);
}

const portForm = 'must be a port from 1024 to 65535: pods do not run as root';

export const port = z.int({ error: portForm }).min(1024, portForm).max(65_535, portForm);

export const path = z
  .string()
  .max(200, 'must be at most 200 characters')
  .regex(
    /^\/[A-Za-z0-9._~/-]*$/,
    'must start with "/" and hold letters, digits, ".", "_", "~", "-" and "/" only',
  );

/** Address ranges of devices; a whole continent is none. */
export const deviceRanges = z
  .array(
    z
      .cidrv4({ error: 'must be an IPv4 range such as "10.20.0.0/16"' })
      .refine((range) => Number(range.split('/')[1]) >= 8, 'must be /8 or smaller'),
  )
  .max(100)
  .default([]);

export const storageGb = z
  .int({ error: 'must be a whole number' })
  .min(1, 'must be at least 1')
  .max(16_384, 'must be at most 16384')
  .optional();
