/** Who has to act on an error. */
export type Blame = 'caller' | 'tenant_cloud' | 'platform';

interface CodeFacts {
  readonly status: number;
  readonly blame: Blame;
  readonly retryable: boolean;
  /** One line for the generated page `docs/errors.md`: when it happens and what to do. */
  readonly help: string;
}

const caller = (status: number, help: string): CodeFacts => ({
  status,
  blame: 'caller',
  retryable: false,
  help,
});
const cloud = (help: string, retryable = false): CodeFacts => ({
  status: 502,
  blame: 'tenant_cloud',
  retryable,
  help,
});
const platform = (status: number, help: string, retryable = false): CodeFacts => ({
  status,
  blame: 'platform',
  retryable,
  help,
});

/** Every error code of Terrace with its HTTP status, who has to act, and whether the same call may succeed later. */
export const errorCodes = {
  invalid_request: caller(
    422,
    'A field is missing, unknown or wrong. `errors` names each one; correct them all.',
  ),
  malformed_json: caller(
    400,
    'The body is not JSON. Send a JSON object with `Content-Type: application/json`.',
  ),
  unsupported_media_type: caller(
    415,
    'The body has another content type. Send `Content-Type: application/json`.',
  ),
  body_too_large: caller(413, 'The body is larger than the limit named in the text. Send a smaller one.'),
  invalid_cursor: caller(400, 'The cursor was not made by this list. Start again without `cursor`.'),
  request_timeout: caller(
    408,
    'The request did not arrive in time: 10 seconds for the headers, 30 for all of it. Send it without pauses.',
  ),
  headers_too_large: caller(431, 'The headers are larger than the limit named in the text. Send less.'),
  malformed_request: caller(400, 'What was sent is no HTTP/1.1 request. Use an HTTP client.'),
  rate_limited: {
    ...caller(
      429,
      'The caller, or all callers of the tenant together, asked too often within a minute. Wait as long as `Retry-After` says.',
    ),
    retryable: true,
  },
  unauthenticated: caller(
    401,
    'No token, or one that is unknown, garbled, revoked or expired, or a JWT that fails a check; the text says which. Send `Authorization: Bearer <token>`.',
  ),
  forbidden: caller(403, 'The token lacks the right for this action. Ask an admin for a role that has it.'),
  no_identity_provider: caller(
    409,
    'People cannot sign in here, so nothing can be granted to them. Set OIDC_ISSUER and OIDC_AUDIENCE.',
  ),
  not_found: caller(404, 'No such thing, or it belongs to another tenant.'),
  method_not_allowed: caller(405, 'The path exists, but not with this method. See `Allow`.'),
  idempotency_key_reused: caller(
    422,
    'The Idempotency-Key was used with another body, path or tenant. Use a new key.',
  ),
  idempotency_in_progress: caller(
    409,
    'The first request with this Idempotency-Key is still being answered. Ask again.',
  ),
  environment_name_taken: caller(
    409,
    'The tenant already has an environment of that name. Choose another or destroy the old one.',
  ),
  name_taken: caller(
    409,
    'A tenant with that slug, an account of that name, the same grant, a review rule of that class or a policy of that name exists already. Choose another, or change that one.',
  ),
  active_run: caller(409, 'The environment already has an active run. Wait for it, or cancel it.'),
  action_not_allowed: caller(
    409,
    'The thing is in a status that does not allow the action. `allowed_actions` lists what is possible.',
  ),
  plan_mismatch: caller(
    409,
    'The plan id is not the current plan of the run. Read the plan again and approve that one.',
  ),
  deletion_protected: caller(409, 'The environment has deletion protection. Switch it off first.'),
  precondition_failed: caller(412, 'If-Match does not name the current ETag. Read the environment again.'),
  precondition_required: caller(428, 'If-Match is missing. Send the ETag of the environment that was read.'),
  region_not_allowed: caller(422, 'The region is outside ALLOWED_REGIONS or the regions of the account.'),
  environment_limit: caller(
    422,
    'The limit MAX_ENVIRONMENTS_PER_USER is reached. Destroy one, or ask for a higher limit.',
  ),
  tenant_quota_exceeded: caller(
    422,
    'The tenant would take more than its quota. Ask for less, destroy an environment, or have the quota raised.',
  ),
  tenant_not_active: caller(
    409,
    'The tenant is suspended, is being offboarded or was offboarded; the text says which. Resume it, if that is meant.',
  ),
  webhook_limit: caller(
    422,
    'The tenant has as many webhooks as it may have. Remove one, or widen the filter of another.',
  ),
  unknown_blueprint: caller(
    422,
    'No blueprint of that name and version. `GET /api/v1/blueprints` lists them.',
  ),
  account_not_usable: caller(422, 'The account cannot serve this request. The text says why.'),
  account_in_use: caller(
    409,
    'The account has environments that are not destroyed. Destroy them first, or leave what they depend on as it is.',
  ),
  account_changed: caller(409, 'The account was changed while it was being verified. Verify it again.'),
  role_not_assumable: cloud(
    'The role of the account cannot be assumed. Compare its trust policy with the onboarding documents of the account.',
  ),
  external_id_not_required: cloud(
    'The role can be assumed without the external id of the account, or with a wrong one. Add the condition to its trust policy.',
  ),
  wrong_cloud_account: cloud(
    'The role is in another cloud account than the one recorded. Correct one of the two.',
  ),
  region_not_enabled: cloud(
    'The region is not enabled in the cloud account, or does not exist. Enable it there.',
  ),
  cloud_access_denied: cloud(
    'The role lacks a permission. Compare its policies with the onboarding documents of the account.',
  ),
  quota_exceeded: cloud('A quota of the cloud account is used up. Raise it, or remove what is not needed.'),
  cidr_clash: cloud('The address range is used by another network of the account. Choose another.'),
  cloud_refused: cloud('The cloud refused a call for a reason of its own. The log of Terrace has its words.'),
  cloud_unavailable: cloud('The cloud does not answer, or asks for fewer calls. Ask again.', true),
  cluster_not_usable: cloud(
    'The cluster of the account is missing, not active, or cannot be reached. The text says which.',
  ),
  session_too_short: platform(
    500,
    'The keys of the control account end before a phase might. Give Terrace a role that renews itself.',
  ),
  session_expired: cloud('A session in the cloud account ran out. Ask again.', true),
  state_bucket_not_usable: cloud(
    'The bucket for states is missing, in another region, without versioning or encryption, or its key is not usable. Correct it, then verify the account.',
  ),
  control_credentials_missing: platform(
    500,
    'Terrace has no valid credentials of its own cloud account. Give it a role (web identity) or keys.',
  ),
  control_account_unknown: platform(
    409,
    'Terrace does not know its own cloud account. Set CONTROL_ACCOUNT_ID or CONTROL_ROLE_ARN.',
  ),
  policy_denied: caller(
    409,
    'A policy does not let the plan pass; the text names it and says why. Change the request, or have the policy changed.',
  ),
  run_canceled: caller(409, 'The run was canceled.'),
  run_rejected: caller(409, 'A reviewer rejected the plan.'),
  plan_stale: caller(409, 'What the plan was bound to has changed since. Replan the run.'),
  artifact_corrupt: platform(
    409,
    'The stored plan was changed or cut off since it was made. It is not applied. Replan the run, and look for the cause.',
  ),
  own_plan: caller(
    403,
    'The review rule wants somebody else than who asked for the change. Ask a colleague.',
  ),
  already_approved: caller(
    409,
    'You have approved this plan, and the rule wants more people. Ask a colleague, or withdraw.',
  ),
  nothing_to_withdraw: caller(409, 'You have no approval of this plan.'),
  confirmation_required: caller(
    422,
    'The plan is of high or critical risk. Send the name of the environment as `confirm` with the approval.',
  ),
  plan_expired: caller(
    409,
    'The plan waited too long for its review, or a newer revision was asked for. Replan the run.',
  ),
  plan_failed: cloud('Terraform could not make a plan. The text names the resource; the log has all of it.'),
  plan_format_unknown: platform(
    500,
    'Terraform writes its plans in a newer format than this Terrace reads. Update Terrace, or set TERRAFORM_BIN to the terraform it was made for.',
  ),
  apply_failed: cloud(
    'Terraform stopped in the middle of an apply. What exists is in the state; retry goes on from there, delete removes it.',
  ),
  health_check_failed: cloud('The environment was applied but did not become healthy in time.'),
  destroy_incomplete: cloud(
    'The state is empty, but things marked as the environment are still there. Remove what the text names, then retry.',
  ),
  phase_timeout: cloud('A phase took longer than its limit. The limit is named in the text.', true),
  synth_failed: platform(
    500,
    'The stack could not be generated. This is a fault of the blueprint; the log names it.',
  ),
  state_locked: platform(
    423,
    "Another run, or a person's terraform, holds the lock of the state. The holder is named in the text. Wait, then retry.",
    true,
  ),
  state_conflict: platform(
    409,
    'The state was changed by someone else, or would go back. Nothing was written.',
  ),
  state_diverged: platform(
    409,
    'The state that an apply left is not the one that is stored. No run starts until an admin has decided which holds: POST .../state/repair.',
  ),
  state_in_bucket: caller(
    409,
    "The states of the environment are in the customer's bucket, not here. Read them, or put them back, there; the text names the object's version.",
  ),
  disk_full: platform(
    507,
    'A disk of a worker is full. It is tried again some times; make room in the folder that the text names, then retry.',
    true,
  ),
  lease_lost: platform(409, 'The worker lost its right to the run; another one carries on.', true),
  interrupted: platform(500, 'The worker died in the middle of the run. It is recovered by itself.', true),
  too_many_interruptions: platform(
    500,
    'The run was interrupted too often. Retry it, or delete the environment.',
  ),
  terraform_missing: platform(500, 'No terraform or tofu was found. Install one, or set TERRAFORM_BIN.'),
  terraform_too_old: platform(
    500,
    'The terraform found is older than the least version. Install a newer one.',
  ),
  identity_provider_unreachable: platform(
    503,
    'The identity provider does not tell its keys, so JWTs cannot be checked. Tokens of Terrace work.',
    true,
  ),
  database_unavailable: platform(503, 'PostgreSQL does not answer. Nothing is lost; ask again.', true),
  queue_unavailable: platform(
    503,
    'The queue does not answer. Requests are kept and go on when it is back.',
    true,
  ),
  database_too_new: platform(
    500,
    'The database was migrated by a newer Terrace. Run that version or a newer one.',
  ),
  wrong_encryption_key: platform(
    500,
    'STATE_ENCRYPTION_KEY is not the key the data was encrypted with. Restore the former key.',
  ),
  backup_refused: platform(
    500,
    'A backup could not be written, or is cut off, altered, of a newer Terrace, or none at all.',
  ),
  database_not_empty: platform(
    409,
    'A backup is restored into an empty database only, unless `--force` names the one to be emptied.',
  ),
  home_unwritable: platform(500, 'TERRACE_HOME cannot be written. Change its owner, or set another.'),
  home_in_use: platform(500, 'TERRACE_HOME belongs to a running process. Stop it, or set another.'),
  port_in_use: platform(500, 'PORT is taken by another program. Stop it, or set another PORT.'),
  invalid_settings: platform(500, 'A setting is wrong. Every fault is named in the text.'),
  internal: platform(500, 'A fault of Terrace. Report it with the request id.'),
} as const satisfies Record<string, CodeFacts>;

export type ErrorCode = keyof typeof errorCodes;
