import type { Cloud } from './cloud.js';
import { awsDataSources } from './data-sources-aws.js';
import type { ValueObject } from './values.js';

/** What a data source answers to its configuration; members that it leaves out are as configured, or null. Throws `Refusal` as the cloud would. */
export type DataSource = (
  cloud: Pick<Cloud, 'db' | 'run'>,
  config: ValueObject,
) => ValueObject | Promise<ValueObject>;

/** The answers of the data sources in use. */
export const dataSources: Readonly<Record<string, DataSource>> = { ...awsDataSources };
