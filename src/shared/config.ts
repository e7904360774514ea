import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { CallbackSecretsError, parseCallbackSecrets } from './callback-secrets.js';
import { parsePayloadKeys, PayloadKeysError, type PayloadKey } from './encryption/index.js';
import { isLoopback } from './http/host-allowlist.js';
import { ProxyAddressError, readProxyConfig, type ProxyConfig } from './http/proxy-config.js';

/** A variable is missing, wrong or misspelt; the message is one clear sentence for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A name or an address, with or without a port; IPv6 in brackets or bare. */
const HOST_PATTERN =
  /^([\p{L}\p{M}\p{N}_.-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?|[0-9a-f]*:[0-9a-f:]+(\d+\.[\d.]+)?)$/iu;

const commaSeparatedList = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);
const seconds = (min: number, max: number) =>
  z.coerce
    .number(`must be a number of seconds from ${min} to ${max}`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);
const payloadKeys = z.string().transform((text, context) => {
  try {
    return parsePayloadKeys(text);
  } catch (error) {
    if (!(error instanceof PayloadKeysError)) throw error;
    context.addIssue(`is wrong: ${error.message}`);
    return z.NEVER;
  }
});
const callbackSecrets = z.string().transform((text, context) => {
  try {
    return parseCallbackSecrets(text);
  } catch (error) {
    if (!(error instanceof CallbackSecretsError)) throw error;
    context.addIssue(`is wrong: ${error.message}`);
    return z.NEVER;
  }
});
const hostList = commaSeparatedList.refine(
  (entries) => entries.every((entry) => HOST_PATTERN.test(entry) || ipaddr.isValidCIDR(entry)),
  'must be hosts such as docs.bank.example, docs.bank.example:8443 or 10.1.0.0/16, separated by commas',
);
const hostAndPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:]+):\d{1,5}$/, {
    error: 'must be a host and a port, such as 127.0.0.1:8080',
    abort: true,
  })
  .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) < 65_536, {
    error: 'must have a port up to 65535',
    abort: true,
  });
// The SDK's exporter looks up no names.
const ipAndPort = hostAndPort.refine(
  (text) => ipaddr.isValid(text.slice(0, text.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')),
  'must be an IP address and a port, such as 127.0.0.1:9464',
);
const handoverCall = z
  .string()
  .regex(
    /^(POST|PUT|PATCH) \/\S*\{sessionId\}\S*$/,
    'must be a method and a path with {sessionId}, such as POST /api/…/sessions/{sessionId}/…',
  )
  .transform((text) => ({
    method: text.split(' ')[0] as 'POST' | 'PUT' | 'PATCH',
    path: text.split(' ')[1] ?? '',
  }));
const baseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://tenant.live.flexperto.com' })
  .refine((url) => !/[?#@]/.test(url), 'must be an address without user name, query or fragment');

const apiKeyHashes = commaSeparatedList.pipe(
  z.array(
    z
      .string()
      .regex(
        /^[\w.-]{1,64}:[0-9a-fA-F]{64}$/,
        'must be name:hash,… with the SHA-256 of each key in 64 hexadecimal digits',
      )
      .transform((entry): ApiKeyHash => {
        const [name = '', sha256 = ''] = entry.split(':');
        return { name, sha256: sha256.toLowerCase() };
      }),
  ),
);
const origins = commaSeparatedList.refine(
  (entries) => entries.every((entry) => URL.canParse(entry) && new URL(entry).origin === entry),
  'must be origins such as https://crm.bank.example, separated by commas',
);
const claim = z
  .string()
  .regex(/^[^=]{1,200}=.{1,200}$/, 'must be the name of a claim and its value, such as roles=signing-auditor')
  .transform((text): RequiredClaim => {
    const [name = '', ...value] = text.split('=');
    return { name, value: value.join('=') };
  });
// The keys that decide who is let in come over TLS, except from this machine.
const jwksUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}, 'must be an https: address');

const trueOrFalse = z
  .enum(['true', 'false'], 'must be true or false')
  .default('false')
  .transform((text) => text === 'true');

// A part of workflow ids, of queries and of a folder's name, which takes 255 bytes.
const taskQueue = z
  .string()
  .regex(/^[A-Za-z0-9._:@+=,~/-]{1,80}$/, 'must be 1 to 80 letters, digits or any of . _ : @ + = , ~ / -');

const variablesSchema = z.object({
  FLEXPERTO_BASE_URL: baseUrl.optional(),
  FLEXPERTO_API_KEY: z
    .string()
    .regex(/^[!-~]+$/, 'must be a key without spaces')
    .optional(),
  FLEXPERTO_ALLOW_HTTP: trueOrFalse,
  FLEXPERTO_ATTACH_METHOD: z.enum(['auto', 'POST', 'GET'], 'must be auto, POST or GET').default('auto'),
  FLEXPERTO_HANDOVER: handoverCall.optional(),
  // The activities' own limits (workflows/retry-policies.ts) lie above these, so that it is the call that times out.
  FLEXPERTO_TIMEOUT_SECONDS: seconds(1, 240).default(30),
  FLEXPERTO_UPLOAD_TIMEOUT_SECONDS: seconds(1, 1740).default(600),
  SIGNING_TASK_QUEUE: taskQueue.default('signing'),
  SIGNING_DOCUMENT_ROOT: z.string().min(1, 'must not be empty').default('documents'),
  SIGNING_DOCUMENT_HOSTS: hostList.default([]),
  SIGNING_PAYLOAD_KEYS: payloadKeys.default([]),
  SIGNING_ALLOW_PLAINTEXT: trueOrFalse,
  SIGNING_CALLBACK_SECRET: callbackSecrets.default([]),
  SIGNING_CALLBACK_HOSTS: hostList.default([]),
  SIGNING_CALLBACK_REMINDER_DAYS: z.coerce
    .number('must be a number of days')
    .min(0.00001, 'must be at least 0.00001, about a second')
    .max(365, 'must be at most 365')
    .default(7),
  SIGNING_METRICS_ADDRESS: ipAndPort.optional(),
  SIGNING_BUILD_ID: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be letters, digits, dots, dashes and underscores')
    .optional(),
  SIGNING_HEALTH_ADDRESS: hostAndPort.optional(),
  SIGNING_POLL_SECONDS: seconds(0.1, 86_400).default(60),
  SIGNING_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error')
    .default('info'),
  SIGNING_GATEWAY_ADDRESS: hostAndPort.default('127.0.0.1:8080'),
  SIGNING_GATEWAY_KEYS: apiKeyHashes.default([]),
  SIGNING_GATEWAY_JWKS_URL: jwksUrl.optional(),
  SIGNING_GATEWAY_JWT_ISSUER: z.string().optional(),
  SIGNING_GATEWAY_JWT_AUDIENCE: z.string().optional(),
  SIGNING_GATEWAY_EMPLOYEE_CLAIM: z.string().default('employeeId'),
  SIGNING_GATEWAY_ORIGINS: origins.default([]),
  SIGNING_CODEC_KEYS: apiKeyHashes.default([]),
  SIGNING_CODEC_CLAIM: claim.optional(),
  SIGNING_CODEC_ORIGINS: origins.default([]),
  SIGNING_STARTS_PER_HOUR: z.coerce
    .number('must be a whole number from 1')
    .int('must be a whole number from 1')
    .min(1, 'must be a whole number from 1')
    .default(30),
});

/** The names of all variables. */
export const VARIABLE_NAMES = Object.keys(variablesSchema.shape);

const DAY_MS = 24 * 60 * 60_000;

type Variables = z.output<typeof variablesSchema>;

/** What a client of the workflow needs: the CLI. */
export interface ClientConfig {
  readonly taskQueue: string;
  readonly documentRoot: string;
  readonly documentHosts: readonly string[];
  readonly payloadKeys: readonly PayloadKey[];
  readonly allowPlaintext: boolean;
  readonly logLevel: Variables['SIGNING_LOG_LEVEL'];
  /** Absent: every connection is direct. */
  readonly proxies: ProxyConfig | undefined;
}

/** What the worker needs. Times in milliseconds. */
export interface WorkerConfig extends ClientConfig {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly attachMethod: Variables['FLEXPERTO_ATTACH_METHOD'];
  readonly handover: Variables['FLEXPERTO_HANDOVER'];
  readonly timeoutMs: number;
  readonly uploadTimeoutMs: number;
  readonly firstPollMs: number;
  readonly callbackSecrets: readonly string[];
  readonly callbackHosts: readonly string[];
  readonly reminderMs: number;
  readonly metricsAddress: string | undefined;
  readonly healthAddress: string | undefined;
  /** With it, Temporal sends work only to workers of the current build. */
  readonly buildId: string | undefined;
}

/** A key that opens the gateway. A name may have several, so that one can be exchanged without a gap. */
export interface ApiKeyHash {
  readonly name: string;
  /** Of the key, in lower-case hex. */
  readonly sha256: string;
}

/** The identity provider of the CRM, whose tokens open the gateway. */
export interface TokenIssuer {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** The claim that carries the employee's flexperto account id. */
  readonly employeeClaim: string;
}

/** What a token must say: this claim is the value, or a list that has it. */
export interface RequiredClaim {
  readonly name: string;
  readonly value: string;
}

/** Who may read what is encrypted; at least one of keys and claim is there. */
export interface CodecConfig {
  readonly keys: readonly ApiKeyHash[];
  readonly claim: RequiredClaim | undefined;
  /** The addresses of the Temporal UI. */
  readonly origins: readonly string[];
}

/** What the gateway needs; at least one of keys and token issuer is there. */
export interface GatewayConfig extends ClientConfig {
  readonly host: string;
  readonly port: number;
  readonly keys: readonly ApiKeyHash[];
  readonly tokenIssuer: TokenIssuer | undefined;
  readonly startsPerHour: number;
  readonly metricsAddress: string | undefined;
  readonly callbackHosts: readonly string[];
  /** Web pages of these origins may call it from a browser. */
  readonly origins: readonly string[];
  /** Without it there is no codec endpoint. */
  readonly codec: CodecConfig | undefined;
}

/** Takes over `.env` of the current folder where there is one; what the environment has already stays. @throws ConfigError */
export function loadDotEnv(): void {
  if (!existsSync('.env')) return;
  try {
    loadEnvFile('.env');
  } catch (error) {
    throw new ConfigError(`The file .env cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
}

/** @throws ConfigError */
export function readClientConfig(env: NodeJS.ProcessEnv): ClientConfig {
  return toClientConfig(readVariables(env), env);
}

/** @throws ConfigError */
export function readWorkerConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const values = readVariables(env);
  const { FLEXPERTO_BASE_URL: url, FLEXPERTO_API_KEY: apiKey } = values;
  if (url === undefined)
    throw new ConfigError(
      'FLEXPERTO_BASE_URL is missing: the address of the tenant, such as https://tenant.live.flexperto.com.',
    );
  if (apiKey === undefined) throw new ConfigError('FLEXPERTO_API_KEY is missing: the API key of the tenant.');
  if (!values.FLEXPERTO_ALLOW_HTTP) assertHttpsBaseUrl(url);
  return {
    ...toClientConfig(values, env),
    baseUrl: url,
    apiKey,
    attachMethod: values.FLEXPERTO_ATTACH_METHOD,
    handover: values.FLEXPERTO_HANDOVER,
    timeoutMs: values.FLEXPERTO_TIMEOUT_SECONDS * 1000,
    uploadTimeoutMs: values.FLEXPERTO_UPLOAD_TIMEOUT_SECONDS * 1000,
    firstPollMs: values.SIGNING_POLL_SECONDS * 1000,
    callbackSecrets: values.SIGNING_CALLBACK_SECRET,
    callbackHosts: values.SIGNING_CALLBACK_HOSTS,
    reminderMs: values.SIGNING_CALLBACK_REMINDER_DAYS * DAY_MS,
    metricsAddress: values.SIGNING_METRICS_ADDRESS,
    healthAddress: values.SIGNING_HEALTH_ADDRESS,
    buildId: values.SIGNING_BUILD_ID,
  };
}

/** @throws ConfigError */
export function readGatewayConfig(env: NodeJS.ProcessEnv): GatewayConfig {
  const values = readVariables(env);
  const { SIGNING_GATEWAY_ADDRESS: address, SIGNING_GATEWAY_KEYS: keys } = values;
  const issuer = readTokenIssuer(values);
  if (keys.length === 0 && issuer === undefined) {
    throw new ConfigError(
      'Nobody could call the gateway: set SIGNING_GATEWAY_KEYS, or SIGNING_GATEWAY_JWKS_URL and what belongs to it.',
    );
  }
  const colon = address.lastIndexOf(':');
  return {
    ...toClientConfig(values, env),
    host: address.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(address.slice(colon + 1)),
    keys,
    tokenIssuer: issuer,
    startsPerHour: values.SIGNING_STARTS_PER_HOUR,
    metricsAddress: values.SIGNING_METRICS_ADDRESS,
    callbackHosts: values.SIGNING_CALLBACK_HOSTS,
    origins: values.SIGNING_GATEWAY_ORIGINS,
    codec: readCodecConfig(values),
  };
}

function readCodecConfig(values: Variables): CodecConfig | undefined {
  const { SIGNING_CODEC_KEYS: keys, SIGNING_CODEC_CLAIM: claim, SIGNING_CODEC_ORIGINS: origins } = values;
  if (keys.length > 0 || claim !== undefined) {
    assertCodecConfig(values);
    return { keys, claim, origins };
  }
  if (origins.length === 0) return undefined;
  throw new ConfigError(
    'SIGNING_CODEC_ORIGINS is of no use without SIGNING_CODEC_KEYS or SIGNING_CODEC_CLAIM.',
  );
}

/** @throws ConfigError where it could decrypt nothing, let nobody in or too many, or would leave no trail */
function assertCodecConfig(values: Variables): void {
  if (values.SIGNING_PAYLOAD_KEYS.length === 0)
    throw new ConfigError(
      'SIGNING_CODEC_KEYS and SIGNING_CODEC_CLAIM are of no use without SIGNING_PAYLOAD_KEYS, to decrypt with.',
    );
  if (values.SIGNING_CODEC_CLAIM !== undefined && values.SIGNING_GATEWAY_JWKS_URL === undefined)
    throw new ConfigError('SIGNING_CODEC_CLAIM is of no use without SIGNING_GATEWAY_JWKS_URL, for tokens.');
  const gatewayHashes = values.SIGNING_GATEWAY_KEYS.map(({ sha256 }) => sha256);
  if (values.SIGNING_CODEC_KEYS.some(({ sha256 }) => gatewayHashes.includes(sha256)))
    throw new ConfigError(
      'SIGNING_CODEC_KEYS has a key of SIGNING_GATEWAY_KEYS: who starts signings is not to read all of them.',
    );
  if (values.SIGNING_LOG_LEVEL === 'warn' || values.SIGNING_LOG_LEVEL === 'error')
    throw new ConfigError(
      'SIGNING_LOG_LEVEL must be info or debug with a codec endpoint: the log says who has read what is encrypted.',
    );
}

function readTokenIssuer(values: Variables): TokenIssuer | undefined {
  const required = {
    SIGNING_GATEWAY_JWKS_URL: values.SIGNING_GATEWAY_JWKS_URL,
    SIGNING_GATEWAY_JWT_ISSUER: values.SIGNING_GATEWAY_JWT_ISSUER,
    SIGNING_GATEWAY_JWT_AUDIENCE: values.SIGNING_GATEWAY_JWT_AUDIENCE,
  };
  const missing = Object.entries(required).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === Object.keys(required).length) return undefined;
  if (missing.length > 0)
    throw new ConfigError(
      `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing: tokens need ${Object.keys(required).join(', ')}.`,
    );
  return {
    jwksUrl: required.SIGNING_GATEWAY_JWKS_URL ?? '',
    issuer: required.SIGNING_GATEWAY_JWT_ISSUER ?? '',
    audience: required.SIGNING_GATEWAY_JWT_AUDIENCE ?? '',
    employeeClaim: values.SIGNING_GATEWAY_EMPLOYEE_CLAIM,
  };
}

/** @throws ConfigError where the folder of the documents is not there */
export function assertDocumentRoot({ documentRoot }: ClientConfig): void {
  if (existsSync(documentRoot) && statSync(documentRoot).isDirectory()) return;
  throw new ConfigError(
    `SIGNING_DOCUMENT_ROOT must be a folder that exists: ${resolve(documentRoot)} is none.`,
  );
}

/** The API key and personal data go there. @throws ConfigError */
function assertHttpsBaseUrl(baseUrl: string): void {
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === 'https:' || isLoopback(hostname)) return;
  throw new ConfigError(
    'FLEXPERTO_BASE_URL must be an https: address, since the API key and personal data are sent there; ' +
      'to try things out beyond this machine over plain http, set FLEXPERTO_ALLOW_HTTP=true.',
  );
}

function loadProxyConfig(env: NodeJS.ProcessEnv): ProxyConfig | undefined {
  try {
    return readProxyConfig(env);
  } catch (error) {
    throw error instanceof ProxyAddressError ? new ConfigError(error.message) : error;
  }
}

function toClientConfig(values: Variables, env: NodeJS.ProcessEnv): ClientConfig {
  return {
    taskQueue: values.SIGNING_TASK_QUEUE,
    documentRoot: values.SIGNING_DOCUMENT_ROOT,
    documentHosts: values.SIGNING_DOCUMENT_HOSTS,
    payloadKeys: values.SIGNING_PAYLOAD_KEYS,
    allowPlaintext: values.SIGNING_ALLOW_PLAINTEXT,
    logLevel: values.SIGNING_LOG_LEVEL,
    proxies: loadProxyConfig(env),
  };
}

function readVariables(env: NodeJS.ProcessEnv): Variables {
  // An empty variable is an unset one: so it is written in .env files and compose files.
  const present = Object.entries(env).filter(
    ([name, value]) => /^(FLEXPERTO|SIGNING)_/.test(name) && value !== '',
  );
  const unknown = present.map(([name]) => name).filter((name) => !VARIABLE_NAMES.includes(name));
  const result = variablesSchema.safeParse(Object.fromEntries(present));
  // What is wrong with an entry of a list is said of the variable, and once.
  const invalid = result.error?.issues.map(({ path, message }) => `${String(path[0])} ${message}.`) ?? [];
  const problems = [
    ...unknown.map(
      (name) =>
        `${name} is not a variable of this program; did you mean ${findClosestName(name, VARIABLE_NAMES)}?`,
    ),
    ...new Set(invalid),
  ];
  if (!result.success || problems.length > 0) throw new ConfigError(problems.join(' '));
  return result.data;
}

/** The known name that shares the most letter pairs with a misspelt one. */
function findClosestName(name: string, known: readonly string[]): string {
  const letterPairs = (text: string): string[] =>
    Array.from(text.slice(1), (letter, index) => `${text.charAt(index)}${letter}`);
  const targetPairs = letterPairs(name);
  const similarity = (candidate: string): number => {
    const candidatePairs = letterPairs(candidate);
    return (
      targetPairs.filter((pair) => candidatePairs.includes(pair)).length /
      Math.max(targetPairs.length, candidatePairs.length)
    );
  };
  return known.reduce((best, candidate) => (similarity(candidate) > similarity(best) ? candidate : best));
}
