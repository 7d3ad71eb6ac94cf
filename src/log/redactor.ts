/** Masks registered secrets, plain and in the encodings they travel in, in any text that leaves the process. */
export class Redactor {
  private readonly forms = new Set<string>();
  private pattern: RegExp | undefined;

  /** Registers a secret when it is obtained. Values under 6 characters are ignored: masking them would garble everything. */
  add(secret: string): void {
    if (secret.length < 6) return;
    const raw = Buffer.from(secret);
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      this.forms.add(form);
    for (const form of [raw.toString('base64'), raw.toString('base64url')])
      this.forms.add(form.replace(/=+$/, ''));
    this.pattern = undefined;
  }

  /** The text with every registered secret replaced by `***`. */
  mask(text: string): string {
    if (this.forms.size === 0) return text;
    this.pattern ??= new RegExp(
      [...this.forms]
        .sort((a, b) => b.length - a.length)
        .map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('|'),
      'g',
    );
    return text.replace(this.pattern, '***');
  }
}
