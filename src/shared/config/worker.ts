import { z } from 'zod';
import { ConfigError } from '../errors.js';
import { isLoopback } from '../http/host-allowlist.js';
import { type ClientConfig, type CommonVariables, toClientConfig } from './common.js';
import { hostAndPort, parsedBy, seconds, trueOrFalse } from './schemas.js';

const PREFIX = 'whsec_';
/** Standard Webhooks requires these lengths; its library does not check them. */
const MIN_BYTES = 24;
const MAX_BYTES = 64;

function isValidSecret(text: string): boolean {
  const base64 = text.slice(PREFIX.length);
  const bytes = Buffer.from(base64, 'base64');
  const isWellFormed = text.startsWith(PREFIX) && bytes.toString('base64') === base64;
  return isWellFormed && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES;
}

/** The text is not a list of secrets; the message gives the number of the entry and nothing of its content. */
export class CallbackSecretsError extends Error {
  override readonly name = 'CallbackSecretsError';
}

/**
 * Reads `whsec_…,whsec_…`, each 24 to 64 random bytes in base64. Every secret signs, so that a receiver needs only one. To
 * rotate, add the new one everywhere, change the CRM, remove the old one.
 * Source: https://www.standardwebhooks.com, "Symmetric signatures"
 * @throws CallbackSecretsError
 */
function parseCallbackSecrets(text: string): string[] {
  if (text.trim() === '') return [];
  const secrets = text.split(',').map((entry) => entry.trim());
  secrets.forEach((secret, index) => {
    if (!isValidSecret(secret)) {
      throw new CallbackSecretsError(
        `secret ${index + 1} must be ${PREFIX} and ${MIN_BYTES} to ${MAX_BYTES} bytes in base64, as made by: echo "${PREFIX}$(openssl rand -base64 32)"`,
      );
    }
    if (secrets.indexOf(secret) < index)
      throw new CallbackSecretsError(`secret ${index + 1} is the same as one before it`);
  });
  return secrets;
}

const DAY_MS = 24 * 60 * 60_000;
const MAX_POLL_SECONDS = 86_400;
const DEFAULT_POLL_MAX_SECONDS = 1_800;

export const workerVariables = z.object({
  FLEXPERTO_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://tenant.live.flexperto.com' })
    .refine((url) => !/[?#@]/.test(url), 'must be an address without user name, query or fragment')
    .optional(),
  FLEXPERTO_API_KEY: z
    .string()
    .regex(/^[!-~]+$/, 'must be a key without spaces')
    .optional(),
  FLEXPERTO_ALLOW_HTTP: trueOrFalse,
  FLEXPERTO_ATTACH_METHOD: z.enum(['auto', 'POST', 'GET'], 'must be auto, POST or GET').default('auto'),
  FLEXPERTO_HANDOVER: z
    .string()
    .regex(
      /^(POST|PUT|PATCH) \/\S*\{sessionId\}\S*$/,
      'must be a method and a path with {sessionId}, such as POST /api/…/sessions/{sessionId}/…',
    )
    .transform((text) => ({
      method: text.split(' ')[0] as 'POST' | 'PUT' | 'PATCH',
      path: text.split(' ')[1] ?? '',
    }))
    .optional(),
  // The time limits of the activities (workflows/retry-policies.ts) are longer, so that the call times out first.
  FLEXPERTO_TIMEOUT_SECONDS: seconds(1, 240).default(30),
  FLEXPERTO_UPLOAD_TIMEOUT_SECONDS: seconds(1, 1740).default(600),
  SIGNING_CALLBACK_SECRET: parsedBy(parseCallbackSecrets, CallbackSecretsError).default([]),
  SIGNING_CALLBACK_REMINDER_DAYS: z.coerce
    .number('must be a number of days')
    .min(0.00001, 'must be at least 0.00001, about a second')
    .max(365, 'must be at most 365')
    .default(7),
  SIGNING_BUILD_ID: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be letters, digits, dots, dashes and underscores')
    .optional(),
  SIGNING_HEALTH_ADDRESS: hostAndPort.optional(),
  SIGNING_POLL_SECONDS: seconds(0.1, MAX_POLL_SECONDS).default(60),
  SIGNING_POLL_MAX_SECONDS: seconds(0.1, MAX_POLL_SECONDS).optional(),
});

type WorkerVariables = CommonVariables & z.output<typeof workerVariables>;

/** What the worker needs. Times in milliseconds. */
export interface WorkerConfig extends ClientConfig {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly attachMethod: WorkerVariables['FLEXPERTO_ATTACH_METHOD'];
  readonly handover: WorkerVariables['FLEXPERTO_HANDOVER'];
  readonly timeoutMs: number;
  readonly uploadTimeoutMs: number;
  readonly firstPollMs: number;
  readonly maxPollMs: number;
  readonly callbackSecrets: readonly string[];
  readonly callbackHosts: readonly string[];
  readonly reminderMs: number;
  readonly metricsAddress: string | undefined;
  readonly healthAddress: string | undefined;
  readonly version: WorkerVersion | undefined;
}

/** With it, Temporal sends work only to workers of the current build. */
export interface WorkerVersion {
  /** Temporal's Worker Deployment, which has one build for each release. */
  readonly deploymentName: string;
  readonly buildId: string;
}

/**
 * @throws ConfigError if address or key of the tenant is missing, the address is not https:, or the longest pause between
 * polls is shorter than the first
 */
export function toWorkerConfig(values: WorkerVariables, env: NodeJS.ProcessEnv): WorkerConfig {
  const { FLEXPERTO_BASE_URL: baseUrl, FLEXPERTO_API_KEY: apiKey } = values;
  if (baseUrl === undefined)
    throw new ConfigError(
      'FLEXPERTO_BASE_URL is missing: the address of the tenant, such as https://tenant.live.flexperto.com.',
    );
  if (apiKey === undefined) throw new ConfigError('FLEXPERTO_API_KEY is missing: the API key of the tenant.');
  if (!values.FLEXPERTO_ALLOW_HTTP) assertHttpsBaseUrl(baseUrl);
  return {
    ...toClientConfig(values, env),
    baseUrl,
    apiKey,
    attachMethod: values.FLEXPERTO_ATTACH_METHOD,
    handover: values.FLEXPERTO_HANDOVER,
    timeoutMs: values.FLEXPERTO_TIMEOUT_SECONDS * 1000,
    uploadTimeoutMs: values.FLEXPERTO_UPLOAD_TIMEOUT_SECONDS * 1000,
    firstPollMs: values.SIGNING_POLL_SECONDS * 1000,
    maxPollMs: getMaxPollSeconds(values) * 1000,
    callbackSecrets: values.SIGNING_CALLBACK_SECRET,
    callbackHosts: values.SIGNING_CALLBACK_HOSTS,
    reminderMs: values.SIGNING_CALLBACK_REMINDER_DAYS * DAY_MS,
    metricsAddress: values.SIGNING_METRICS_ADDRESS,
    healthAddress: values.SIGNING_HEALTH_ADDRESS,
    version: readVersion(values, env),
  };
}

/** From SIGNING_BUILD_ID, or from what Temporal's Worker Controller sets in each pod. @throws ConfigError */
function readVersion(values: WorkerVariables, env: NodeJS.ProcessEnv): WorkerVersion | undefined {
  const { SIGNING_BUILD_ID: buildId, SIGNING_TASK_QUEUE: taskQueue } = values;
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName = '', TEMPORAL_WORKER_BUILD_ID: controlledId = '' } = env;
  if (deploymentName === '' && controlledId === '')
    return buildId === undefined ? undefined : { deploymentName: taskQueue, buildId };
  if (buildId !== undefined)
    throw new ConfigError(
      'SIGNING_BUILD_ID must be unset where TEMPORAL_WORKER_BUILD_ID is set: the Worker Controller names the build.',
    );
  if (deploymentName === '' || controlledId === '')
    throw new ConfigError(
      'TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID must be set together: the Worker Controller sets both.',
    );
  return { deploymentName, buildId: controlledId };
}

/** A first pause above the default lasts as long as each later one. */
function getMaxPollSeconds(values: WorkerVariables): number {
  const { SIGNING_POLL_SECONDS: first, SIGNING_POLL_MAX_SECONDS: max } = values;
  if (max === undefined) return Math.max(first, DEFAULT_POLL_MAX_SECONDS);
  if (max >= first) return max;
  throw new ConfigError(
    `SIGNING_POLL_MAX_SECONDS must be at least SIGNING_POLL_SECONDS: the longest pause between two polls is ${max} s, and the first ${first} s.`,
  );
}

function assertHttpsBaseUrl(baseUrl: string): void {
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === 'https:' || isLoopback(hostname)) return;
  throw new ConfigError(
    'FLEXPERTO_BASE_URL must be an https: address, since the API key and personal data are sent there; ' +
      'to try things out beyond this machine over plain http, set FLEXPERTO_ALLOW_HTTP=true.',
  );
}
