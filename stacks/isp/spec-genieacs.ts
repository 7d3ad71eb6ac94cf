/** The processes of GenieACS: their ports, and their parts of what GenieACS gets. */
export const genieacsParts = {
  cwmp: { port: 7547, share: 0.4 },
  nbi: { port: 7557, share: 0.2 },
  fs: { port: 7567, share: 0.2 },
  ui: { port: 3000, share: 0.2 },
} as const;

export type GenieacsPart = keyof typeof genieacsParts;

/** Memory in GB that the four need to start at all, whatever the customers. */
export const genieacsLeastMemoryGb = 0.75;
