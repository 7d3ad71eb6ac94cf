import { cpuCores, gigabytes } from '../../src/spec/quantity.js';

/** The most that a container may use, as Kubernetes quantities. */
export interface Limits {
  readonly cpu: string;
  readonly memory: string;
}

/** The fields of a container that hold it to its limits; swap is none, so that memory means memory. Both memory fields are changed in
 *  place; CPU is not. */
export function limitsOf({ cpu, memory }: Limits) {
  const memoryMb = Math.max(6, Math.ceil(gigabytes(memory) * 1024));
  return { cpus: String(Number(cpuCores(cpu).toFixed(3))), memory: memoryMb, memorySwap: memoryMb };
}
