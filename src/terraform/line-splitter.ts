import { StringDecoder } from 'node:string_decoder';

const newline = /\r?\n/;

export interface LineSplitter {
  write(chunk: Buffer): void;
  /** Hands over what follows the last newline. */
  end(): void;
}

/**
 * Cuts a byte stream into lines of UTF-8 text without NUL (PostgreSQL refuses it). A line longer than
 * `maxLength` characters is handed over once, cut and marked; the rest of it is dropped.
 */
export function splitLines(maxLength: number, onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  let dropped = false;

  const add = (text: string): void => {
    const room = maxLength - length;
    dropped ||= text.length > room;
    const kept = text.slice(0, room);
    if (kept === '') return;
    parts.push(kept);
    length += kept.length;
  };
  const flush = (): void => {
    const line = parts.join('').replace(/\r$/, '').replaceAll('\0', '');
    onLine(dropped ? `${line} [line cut at ${maxLength} characters]` : line);
    parts = [];
    length = 0;
    dropped = false;
  };
  const feed = (text: string): void => {
    const [first = '', ...rest] = text.split(newline);
    add(first);
    for (const next of rest) {
      flush();
      add(next);
    }
  };

  return {
    write: (chunk) => feed(decoder.write(chunk)),
    end: () => {
      feed(decoder.end());
      if (length > 0) flush();
    },
  };
}
