import { z } from 'zod';

const component = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const domain = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?(?::\\d{1,5})?/)?';
const form = new RegExp(
  `^${domain}${component}(?:/${component})*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$`,
);

/** A container image that is pinned: by a tag other than `latest`, by a digest, or both. Source: distribution, "reference" grammar. */
export const pinnedImage = z
  .string({ error: (issue) => `${issue.input === undefined ? 'is required: ' : ''}${imageMessage}` })
  .max(500, 'must be at most 500 characters')
  .refine((text) => form.test(text), { error: () => imageMessage, abort: true })
  .refine((text) => isPinned(text), {
    error: 'must be pinned by a tag other than "latest", or by a digest',
  });

const imageMessage = 'must be an image such as "registry.example.com/shop/web:1.4.2"';

function isPinned(text: string): boolean {
  const [, tag, digest] = form.exec(text) ?? [];
  return digest !== undefined || (tag !== undefined && tag !== ':latest');
}
