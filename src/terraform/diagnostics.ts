/** Terraform's diagnostics as data, from its human form (`-no-color`, with or without the box drawn around). Pure. */

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  /** Terraform's explanation with its line breaks taken out; may hold values, so it is not public. */
  readonly detail: string;
  /** The resource it is about. */
  readonly address?: string;
}

/** Every `Error:` and `Warning:` block of the text, in order. */
export function parseDiagnostics(text: string): Diagnostic[] {
  const blocks: { head: RegExpExecArray; body: string[] }[] = [];
  for (const line of text.split('\n').map(withoutBox)) {
    const head = /^(Error|Warning): (.*)$/.exec(line);
    if (head) blocks.push({ head, body: [] });
    else blocks.at(-1)?.body.push(line);
  }
  return blocks.map(({ head, body }) => {
    const address = body
      .map((line) => /^ {2}with (.+),$/.exec(line)?.[1])
      .find((found) => found !== undefined);
    return {
      severity: head[1] === 'Error' ? 'error' : 'warning',
      summary: (head[2] ?? '').trim(),
      detail: body.filter(isProse).join(' ').replace(/\s+/g, ' ').trim(),
      ...(address === undefined ? {} : { address }),
    };
  });
}

export function firstError(text: string): Diagnostic | undefined {
  return parseDiagnostics(text).find((diagnostic) => diagnostic.severity === 'error');
}

/** One line fit for everyone: the summary and the address, without foreign ARNs, paths and loopback addresses. */
export function publicText(diagnostic: Diagnostic): string {
  const summary = diagnostic.summary
    .replace(/\barn:[a-z-]+:\S+/g, '(arn)')
    .replace(/https?:\/\/127\.0\.0\.1\S*/g, '(state backend)')
    .replace(/(^|[\s"'(=])\/(?:[\w.-]+\/)+[\w.-]*/g, '$1(path)')
    .replace(/\s+/g, ' ');
  const text = summary.length > 400 ? `${summary.slice(0, 400)}…` : summary;
  return diagnostic.address === undefined ? text : `${text} (${diagnostic.address})`;
}

function withoutBox(line: string): string {
  return line.replace(/^[╷│╵] ?/, '');
}

/** Not the place (`with`, `on`) nor the quoted source below it. */
function isProse(line: string): boolean {
  return !/^ {2}(with|on) /.test(line) && !/^ *\d+: /.test(line) && !/^ +[├│]/.test(line);
}
