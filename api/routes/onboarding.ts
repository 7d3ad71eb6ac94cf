import { cliSteps } from '../../src/onboarding/cli-steps.js';
import { cloudFormationTemplate, parameterValues } from '../../src/onboarding/cloudformation.js';
import { onboardingOf, type Onboarding } from '../../src/onboarding/onboarding.js';
import { terraformModule } from '../../src/onboarding/terraform-module.js';
import type { AppDeps } from '../deps.js';
import { route, type Route } from '../route.js';
import { accountParams } from '../schemas/account.js';
import * as schema from '../schemas/onboarding.js';

interface TextForm {
  readonly contentType: string;
  readonly file: string;
  readonly text: (onboarding: Onboarding) => string;
}

const texts: Record<Exclude<schema.Format, 'json'>, TextForm> = {
  cloudformation: {
    contentType: 'application/vnd.aws.cloudformation+json',
    file: 'terrace-onboarding.json',
    text: (one) => cloudFormationTemplate(parameterValues(one)),
  },
  cloudformation_shared: {
    contentType: 'application/vnd.aws.cloudformation+json',
    file: 'terrace-onboarding-shared.json',
    text: () => cloudFormationTemplate(),
  },
  terraform: { contentType: 'application/vnd.hashicorp.hcl', file: 'main.tf', text: terraformModule },
  cli: { contentType: 'application/x-sh', file: 'terrace-onboarding.sh', text: cliSteps },
};
const otherTypes = [...new Set(Object.values(texts).map(({ contentType }) => contentType))];

/** What a customer needs to let Terrace in. It holds the external id, and so takes the right that the external id takes. */
export function onboardingRoutes({ accounts, tenants, config }: AppDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/accounts/{account_id}/onboarding',
      right: 'accounts',
      tag: 'accounts',
      summary:
        'The roles that let Terrace into an aws account: policies, template, Terraform module, or steps',
      request: { params: accountParams, query: schema.onboardingQuery },
      response: { status: 200, description: 'the documents', schema: schema.onboarding, otherTypes },
      errors: ['not_found', 'account_not_usable', 'control_account_unknown'],
      handle: async ({ ctx, params: { account_id: accountId }, query, req }) => {
        const account = await accounts.get(ctx, accountId);
        const externalIds = await accounts.externalIds(ctx, accountId);
        const { slug: tenantSlug } = await tenants.get(ctx, account.tenantId);
        const control = { accountId: config.CONTROL_ACCOUNT_ID, roleArn: config.CONTROL_ROLE_ARN };
        const onboarding = onboardingOf({ account, tenantSlug, externalIds, control });
        const format = query.format ?? acceptedFormat(req.accepts(['application/json', ...otherTypes]));
        if (format === 'json')
          return { body: schema.onboardingView(onboarding, config.ONBOARDING_TEMPLATE_URL) };
        const { contentType, file, text } = texts[format];
        const headers = { 'Content-Disposition': `attachment; filename="${file}"` };
        return { text: text(onboarding), contentType: `${contentType}; charset=utf-8`, headers };
      },
    }),
  ];
}

function acceptedFormat(type: string | false): schema.Format {
  const found = Object.entries(texts).find(([, { contentType }]) => contentType === type);
  return found === undefined ? 'json' : (found[0] as keyof typeof texts);
}
