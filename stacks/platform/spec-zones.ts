/** Letters of the zones that every account has, where they are not a, b and c. Source: AWS, "Regions and Zones", as of November 2026.
 *  An empty text: which zones an account has differs from account to account. */
const letters: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'acd',
  'ca-central-1': 'abd',
  'us-west-1': '',
};

/** The zones of a region to build in; the same for ever, for a changed zone would replace its subnets. Undefined when the caller has to
 *  name them. */
export function defaultZones(region: string, count: number): readonly string[] | undefined {
  const known = letters[region] ?? 'abc';
  return known.length < count ? undefined : [...known.slice(0, count)].map((letter) => `${region}${letter}`);
}
