const progress =
  /: (Refreshing state\.\.\.|Reading\.\.\.|Still reading\.\.\.|Read complete after |Preparing import\.\.\.|Opening\.\.\.|Opening complete after |Closing\.\.\.|Closing complete after )/;
const lockNotes = /^(Acquiring|Releasing) state lock\. This may take a few moments\.\.\.$/;

/** Characters of a rendering that are kept: some 800 changes. A longer one is for nobody to read; changes are read page by page. */
export const mostPlanText = 1_000_000;

/**
 * The rendering of the plan alone, out of what `terraform plan` printed: without the lines that tell its progress, and of a very
 * long one the first resources and the verdict. Pure.
 */
export function planText(lines: readonly string[]): string {
  const kept = lines.filter((line) => !isProgress(line));
  const text = `${kept.join('\n').trim()}\n`;
  return text.length > mostPlanText ? shortened(text) : text;
}

/** Cut where a resource begins, so that no value is cut in two: half of a secret would not be known as one. */
function shortened(text: string): string {
  const cut = Math.max(text.lastIndexOf('\n\n  # ', mostPlanText), 0);
  const rest = text.slice(cut);
  const more = rest.match(/^ {2}# /gm)?.length ?? 0;
  const verdict = /^Plan: .*$/m.exec(rest)?.[0] ?? '';
  return `${text.slice(0, cut)}\n\n  # (${more} more resources are in the changes of this plan)\n\n${verdict}\n`;
}

/** Whether a line tells how far the plan is, and is no part of its rendering. */
export function isProgress(line: string): boolean {
  return lockNotes.test(line) || (progress.test(line) && /^\S/.test(line));
}
