/** So many characters of a secret are looked for first; shorter ones are not masked, for it would garble everything. */
const windowLength = 6;
/** Bits that one more character shifts, so that a hash depends on the last `windowLength` characters and no other. */
const shift = 3;
const hashMask = 2 ** (shift * windowLength) - 1;

/** Texts that addresses and JSON hold as they are. */
const sameEverywhere = /^[\w.~-]*$/;

/**
 * Masks registered secrets, plain and in the encodings they travel in, in any text that leaves the process. Thousands of secrets
 * cost no more than one: each place of a text is looked up, not compared with each secret.
 */
export class Redactor {
  private readonly forms = new Set<string>();
  /** First characters of forms -> the lengths of those that begin so, the longest first. */
  private readonly lengths = new Map<string, number[]>();
  /** One bit for each hash of first characters that occurs. */
  private readonly hashes = new Uint32Array((hashMask + 1) / 32);

  /** `unregistered` masks besides what has the form of a secret. */
  constructor(private readonly unregistered: (text: string) => string = (text) => text) {}

  /** Registers a secret when it is obtained. Values under 6 characters are ignored. */
  add(secret: string): void {
    if (secret.length < windowLength) return;
    const raw = Buffer.from(secret);
    this.addForm(secret);
    if (!sameEverywhere.test(secret)) {
      this.addForm(encodeURIComponent(raw.toString()));
      this.addForm(JSON.stringify(secret).slice(1, -1));
    }
    this.addForm(raw.toString('base64').replace(/=+$/, ''));
    this.addForm(raw.toString('base64url'));
  }

  /** The text with every secret replaced by `***`. */
  mask(text: string): string {
    return this.unregistered(this.maskRegistered(text));
  }

  private maskRegistered(text: string): string {
    if (this.forms.size === 0 || text.length < windowLength) return text;
    let [masked, from, hash] = ['', 0, 0];
    for (let at = 0; at < text.length; at++) {
      hash = next(hash, text.charCodeAt(at));
      const start = at - windowLength + 1;
      if (start < from || !this.mayBegin(hash)) continue;
      const length = this.lengthAt(text, start);
      if (length === undefined) continue;
      masked += `${text.slice(from, start)}***`;
      from = start + length;
      at = from - 1;
    }
    return from === 0 ? text : masked + text.slice(from);
  }

  private addForm(form: string): void {
    if (this.forms.has(form)) return;
    this.forms.add(form);
    const beginning = form.slice(0, windowLength);
    const lengths = this.lengths.get(beginning) ?? [];
    if (!lengths.includes(form.length))
      this.lengths.set(
        beginning,
        [...lengths, form.length].sort((a, b) => b - a),
      );
    let hash = 0;
    for (let at = 0; at < windowLength; at++) hash = next(hash, form.charCodeAt(at));
    this.hashes[hash >>> 5] = (this.hashes[hash >>> 5] ?? 0) | (1 << (hash & 31));
  }

  private mayBegin(hash: number): boolean {
    return ((this.hashes[hash >>> 5] ?? 0) & (1 << (hash & 31))) !== 0;
  }

  /** Of the secret that begins there; the longest, when there are several. */
  private lengthAt(text: string, start: number): number | undefined {
    return this.lengths
      .get(text.slice(start, start + windowLength))
      ?.find((length) => this.forms.has(text.slice(start, start + length)));
  }
}

function next(hash: number, character: number): number {
  return ((hash << shift) ^ character) & hashMask;
}
