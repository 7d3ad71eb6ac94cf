/** Labels in the form that Docker's resources take, by name, so that the order of a request does not matter. */
export function labelsOf(labels: Readonly<Record<string, string>>): { label: string; value: string }[] {
  return Object.entries(labels)
    .map(([label, value]) => ({ label, value }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}
