import type { AppSpecV1 } from './spec.js';

/** What every container of the application has: image, command, its own variables over those of the environment, user and limits. */
export function dockerPod(
  own: AppSpecV1['workloads'][number] | NonNullable<AppSpecV1['migration']>,
  env: Readonly<Record<string, string>>,
) {
  return {
    image: own.image,
    ...(own.command === undefined ? {} : { command: own.command }),
    ...(own.args === undefined ? {} : { args: own.args }),
    env: { ...env, ...own.env },
    // The rules of the spec hold that it is there.
    userId: String(own.user_id),
    limits: { cpu: own.resources.cpu, memory: own.resources.memory },
    readOnlyRoot: own.read_only_root,
    scratchPaths: own.scratch_paths,
  };
}
