/** What a pod mounts besides its image. */
export interface VolumeProps {
  /** A claim that keeps its content. @default - none */
  readonly claim?: { readonly name: string; readonly path: string };
  /** Writable folders, emptied with the pod. @default - none */
  readonly scratchPaths?: readonly string[];
  /** Files of ConfigMaps and Secrets, read-only; each key is a file below `path`. @default - none */
  readonly files?: readonly MountedFiles[];
}

export interface MountedFiles {
  readonly kind: 'config_map' | 'secret';
  readonly name: string;
  readonly path: string;
}

/** The fields `volume` of a pod and `volume_mount` of its container. */
export function volumesOf({ claim, scratchPaths = [], files = [] }: VolumeProps) {
  const all = [
    ...(claim
      ? [{ name: 'data', path: claim.path, source: { persistentVolumeClaim: { claimName: claim.name } } }]
      : []),
    ...scratchPaths.map((path, index) => ({ name: `scratch-${index}`, path, source: { emptyDir: {} } })),
    ...files.map(({ kind, name, path }, index) => ({
      name: `files-${index}`,
      path,
      readOnly: true,
      source: kind === 'secret' ? { secret: { secretName: name } } : { configMap: { name } },
    })),
  ];
  return {
    volume: all.map(({ name, source }) => ({ name, ...source })),
    volumeMount: all.map(({ name, path, ...rest }) => ({
      name,
      mountPath: path,
      ...('readOnly' in rest ? { readOnly: true } : {}),
    })),
  };
}
