export interface ContainerSecurityProps {
  /** The image's own files cannot be changed. @default false */
  readonly readOnlyRoot?: boolean;
  /** Linux capabilities that the container keeps; any puts it outside of Pod Security `restricted`. @default - none */
  readonly capabilities?: readonly string[];
}

/** Source: kubernetes.io, "Pod Security Standards", level restricted. */
export function containerSecurity({ readOnlyRoot = false, capabilities = [] }: ContainerSecurityProps) {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: readOnlyRoot,
    capabilities: { drop: ['ALL'], ...(capabilities.length > 0 ? { add: [...capabilities] } : {}) },
  };
}

/** `userId` is also the group that owns the volumes. Without it the image has to name a user that is not root, by number. */
export function podSecurity(userId?: string) {
  return {
    runAsNonRoot: true,
    ...(userId === undefined
      ? {}
      : { runAsUser: userId, runAsGroup: userId, fsGroup: userId, fsGroupChangePolicy: 'OnRootMismatch' }),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
