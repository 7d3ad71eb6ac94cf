/** Secrets that nobody marked: known by the name they go under, or by their form. Pure. */

/** Names under which environment variables hold secrets. */
const secretName =
  /(^|_)(PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|CREDENTIALS?|AUTH|DSN)(_|$)/;
/** Names that only sound so: what they hold names a secret, or tells about one. */
const harmlessName =
  /_(NAME|FILE|PATH|ID|ARN|URL_TEMPLATE|TTL|LENGTH|ENABLED|NAMESPACE|HEADER|TYPE|MODE|EXPIRY|SECONDS|DAYS)$/;

/** Whether a variable of that name, in the form of environment variables, is taken to hold a secret. */
export function looksSecret(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name) && secretName.test(name) && !harmlessName.test(name);
}

/** A form and what is left of it. Groups keep what stands before: looking behind at every place of a long text is slow. */
const forms: readonly (readonly [RegExp, string])[] = [
  // Private keys and certificates' keys (RFC 7468).
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '***'],
  // Key ids of AWS, and the secret key where it stands beside its name.
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '***'],
  [/(aws_secret_access_key["']?\s*[:=]\s*["']?)[A-Za-z0-9/+]{40}/gi, '$1***'],
  // JSON Web Tokens (RFC 7519).
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/g, '***'],
  // Tokens of Terrace, GitHub, GitLab, Slack.
  [
    /\b(?:trc_[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{36,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,})/g,
    '***',
  ],
  // The password in an address: `scheme://user:password@host`.
  [/(:\/\/[^\s:/?#@"']{0,100}:)[^\s/?#@"']{1,200}(?=@)/g, '$1***'],
  // The password in a connection string of names and values, unless it is a reference.
  [/\b((?:password|passwd|pwd)=)[^\s;&,"'$<{(*][^\s;&,"']{5,199}/gi, '$1***'],
];

/** Cheap, and true for every text in which one of the forms can be. */
const suspicious =
  /-----BEGIN|AKIA|ASIA|aws_secret_access_key|eyJ|trc_|gh[pousr]_|glpat-|xox|:\/\/[^\s]*@|(?:password|passwd|pwd)=/i;

/** The text without what has the form of a secret. */
export function maskForms(text: string): string {
  if (!suspicious.test(text)) return text;
  return forms.reduce((masked, [form, left]) => masked.replace(form, left), text);
}

/** Values that stand under the name of a secret: `{name, value}`, `NAME=value`, members named so; and such lines within texts. */
export function valuesUnderSecretNames(tree: unknown): string[] {
  const found: string[] = [];
  walk(tree, found);
  return found;
}

function walk(node: unknown, found: string[]): void {
  if (typeof node === 'string') return readText(node, found);
  if (Array.isArray(node)) return node.forEach((member) => walk(member, found));
  if (node === null || typeof node !== 'object') return;
  const { name, value } = node as { name?: unknown; value?: unknown };
  if (typeof name === 'string' && typeof value === 'string' && looksSecret(name)) found.push(value);
  for (const [key, member] of Object.entries(node)) {
    if (typeof member === 'string' && looksSecret(key)) found.push(member);
    walk(member, found);
  }
}

const assignment = /^\s*(?:export\s+|-\s+)?["']?([A-Z][A-Z0-9_]*)["']?\s*[:=]\s*(.+?)\s*$/;

function readText(text: string, found: string[]): void {
  if (!/[A-Z]/.test(text) || !/[=:]/.test(text)) return;
  for (const line of text.split('\n')) {
    const [, name, value] = assignment.exec(line) ?? [];
    if (name !== undefined && value !== undefined && looksSecret(name)) found.push(unquoted(value));
  }
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}
