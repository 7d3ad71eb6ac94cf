/** Steps of what a container is given: 50m, 64Mi, whole Gi. Everything is rounded up. */
export const cpuStep = 0.05;
export const memoryStep = 1 / 16;
export const storageStep = 1;

// Sums of decimal fractions end a hair above the step they mean.
const hair = 1e-9;
const stepsOf = (value: number, step: number) => Math.max(1, Math.ceil(value / step - hair));

/** Cores as a Kubernetes quantity in its canonical form: `250m`, `2`. */
export function cpuText(cores: number): string {
  const millis = stepsOf(cores, cpuStep) * 50;
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}

/** GB of 2^30 bytes as a Kubernetes quantity for memory: `192Mi`, `2Gi`. */
export function memoryText(gb: number): string {
  const mebibytes = stepsOf(gb, memoryStep) * 64;
  return mebibytes % 1024 === 0 ? storageText(mebibytes / 1024) : `${mebibytes}Mi`;
}

/** GB of 2^30 bytes as a Kubernetes quantity for storage: `20Gi`, `1Ti`. */
export function storageText(gb: number): string {
  const gibibytes = stepsOf(gb, storageStep);
  return gibibytes % 1024 === 0 ? `${gibibytes / 1024}Ti` : `${gibibytes}Gi`;
}

/** `value` rounded up to whole steps, at least one. */
export function roundUp(value: number, step: number): number {
  return Number((stepsOf(value, step) * step).toFixed(4));
}
