const progress =
  /: (Refreshing state\.\.\.|Reading\.\.\.|Still reading\.\.\.|Read complete after |Preparing import\.\.\.|Opening\.\.\.|Opening complete after |Closing\.\.\.|Closing complete after )/;
const lockNotes = /^(Acquiring|Releasing) state lock\. This may take a few moments\.\.\.$/;

/** The rendering of the plan alone, out of what `terraform plan` printed: without the lines that tell its progress. Pure. */
export function planText(lines: readonly string[]): string {
  const kept = lines.filter((line) => !isProgress(line));
  return `${kept.join('\n').trim()}\n`;
}

/** Whether a line tells how far the plan is, and is no part of its rendering. */
export function isProgress(line: string): boolean {
  return lockNotes.test(line) || (progress.test(line) && /^\S/.test(line));
}
