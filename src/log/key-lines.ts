/** A private key is at most so long; a beginning without an end must not swallow a log. */
const mostLines = 200;

/** Masks private keys that are told line by line (RFC 7468), each line `***`. One for each log. */
export function keyLineMasker(): (line: string) => string {
  let left = 0;
  return (line) => {
    const begins = line.lastIndexOf('-----BEGIN ');
    const ends = line.indexOf('-----END ', Math.max(0, begins));
    if (left > 0) {
      left = ends >= 0 ? 0 : left - 1;
      return '***';
    }
    if (begins >= 0 && ends < 0 && line.includes('PRIVATE KEY-----', begins)) left = mostLines;
    return line;
  };
}
