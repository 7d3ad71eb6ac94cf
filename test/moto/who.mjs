// Run by terraform's provisioner in a run's environment: who am I, by the chain of the AWS SDK?
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
process.stdout.write(`identity ${Arn}\n`);
