import { CronJobV1 } from '@cdktf/provider-kubernetes/lib/cron-job-v1/index.js';
import { Construct } from 'constructs';
import type { DatabaseConnection } from '../connection.js';
import { podOf } from '../kubernetes/pod.js';
import { VolumeClaim } from '../kubernetes/volume-claim.js';
import { commonLabels, componentLabel, type AppContext } from './context.js';
import { backupScript } from './database-backup-script.js';
import { databaseImages } from './database-images.js';
import { backupPod } from './spec-data-facts.js';

export interface DatabaseBackupProps {
  readonly context: AppContext;
  readonly namespace: string;
  /** Image of the server: its tools fit its version. */
  readonly image: string;
  readonly database: DatabaseConnection;
  readonly storageGb: number;
  /** Secret (key `password`) with the password of the database. */
  readonly secretName: string;
}

const folder = '/backup';

/** A nightly dump of the database to a volume of its own. The volume goes with the environment. */
export class DatabaseBackup extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseBackupProps) {
    super(scope, id);
    const { context, namespace, database } = props;
    const { backup, backup_days: keepDays } = context.spec.database;
    const { dump, userId } = databaseImages[database.engine];
    const labels = { ...commonLabels(context), [componentLabel]: 'database-backup' };
    const { storage_class: storageClass } = context.spec.database;
    const volume = new VolumeClaim(this, '$volume', {
      namespace,
      name: 'database-backup',
      labels: commonLabels(context),
      size: `${props.storageGb}Gi`,
      ...(storageClass === undefined ? {} : { storageClass }),
      dependsOn: database.ready,
    });
    const pod = podOf({
      name: 'backup',
      image: props.image,
      command: ['bash', '-c', backupScript({ dump, folder, keepDays })],
      userId,
      readOnlyRoot: true,
      env: dump.env(database.host, database.port, database.name, database.user),
      secretEnv: { [dump.passwordVariable]: { secret: props.secretName, key: 'password' } },
      resources: { requests: backupPod, limits: backupPod },
      claim: { name: volume.claimName, path: folder },
      scratchPaths: ['/tmp'],
    });
    new CronJobV1(this, '$cron-job', {
      metadata: { name: 'database-backup', namespace, labels },
      dependsOn: [...database.ready],
      spec: {
        schedule: backup.schedule,
        timezone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        startingDeadlineSeconds: 3600,
        jobTemplate: {
          metadata: { labels },
          spec: {
            backoffLimit: 2,
            activeDeadlineSeconds: 6 * 3600,
            template: { metadata: { labels }, spec: { ...pod, restartPolicy: 'Never' } },
          },
        },
      },
    });
  }
}
