import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { CallbackSecretsError, parseCallbackSecrets } from './callbacks/index.js';
import { parsePayloadKeys, PayloadKeysError, type PayloadKey } from './encryption/index.js';
import { isLoopback } from './network/hosts.js';
import { ProxyAddressError, readProxies, type Proxies } from './network/proxies.js';

/** A variable is missing, wrong or misspelt; the message is one clear sentence for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A name or an address, with or without a port; IPv6 in brackets or bare. */
const HOST =
  /^([\p{L}\p{M}\p{N}_.-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?|[0-9a-f]*:[0-9a-f:]+(\d+\.[\d.]+)?)$/iu;

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);
const seconds = (least: number, most: number) =>
  z.coerce
    .number(`must be a number of seconds from ${least} to ${most}`)
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);
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
const hosts = list.refine(
  (entries) => entries.every((entry) => HOST.test(entry) || ipaddr.isValidCIDR(entry)),
  'must be hosts such as docs.bank.example, docs.bank.example:8443 or 10.1.0.0/16, separated by commas',
);
const address = z
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
const ipAddress = address.refine(
  (text) => ipaddr.isValid(text.slice(0, text.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')),
  'must be an IP address and a port, such as 127.0.0.1:9464',
);
const handover = z
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

const gatewayKeys = list.pipe(
  z.array(
    z
      .string()
      .regex(
        /^[\w.-]{1,64}:[0-9a-fA-F]{64}$/,
        'must be name:hash,… with the SHA-256 of each key in 64 hexadecimal digits',
      )
      .transform((entry): GatewayKey => {
        const [name = '', sha256 = ''] = entry.split(':');
        return { name, sha256: sha256.toLowerCase() };
      }),
  ),
);
const origins = list.refine(
  (entries) => entries.every((entry) => URL.canParse(entry) && new URL(entry).origin === entry),
  'must be origins such as https://crm.bank.example, separated by commas',
);
const claim = z
  .string()
  .regex(/^[^=]{1,200}=.{1,200}$/, 'must be the name of a claim and its value, such as roles=signing-auditor')
  .transform((text): Claim => {
    const [name = '', ...value] = text.split('=');
    return { name, value: value.join('=') };
  });
// The keys that decide who is let in come over TLS, except from this machine.
const jwksUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}, 'must be an https: address');

const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .default('false')
  .transform((text) => text === 'true');

// A part of workflow ids, of queries and of a folder's name, which takes 255 bytes.
const taskQueue = z
  .string()
  .regex(/^[A-Za-z0-9._:@+=,~/-]{1,80}$/, 'must be 1 to 80 letters, digits or any of . _ : @ + = , ~ / -');

const variables = z.object({
  FLEXPERTO_BASE_URL: baseUrl.optional(),
  FLEXPERTO_API_KEY: z
    .string()
    .regex(/^[!-~]+$/, 'must be a key without spaces')
    .optional(),
  FLEXPERTO_ALLOW_HTTP: flag,
  FLEXPERTO_ATTACH_METHOD: z.enum(['auto', 'POST', 'GET'], 'must be auto, POST or GET').default('auto'),
  FLEXPERTO_HANDOVER: handover.optional(),
  // The activities' own limits (workflows/policies.ts) lie above these, so that it is the call that times out.
  FLEXPERTO_TIMEOUT_SECONDS: seconds(1, 240).default(30),
  FLEXPERTO_UPLOAD_TIMEOUT_SECONDS: seconds(1, 1740).default(600),
  SIGNING_TASK_QUEUE: taskQueue.default('signing'),
  SIGNING_DOCUMENT_ROOT: z.string().min(1, 'must not be empty').default('documents'),
  SIGNING_DOCUMENT_HOSTS: hosts.default([]),
  SIGNING_PAYLOAD_KEYS: payloadKeys.default([]),
  SIGNING_ALLOW_PLAINTEXT: flag,
  SIGNING_CALLBACK_SECRET: callbackSecrets.default([]),
  SIGNING_CALLBACK_HOSTS: hosts.default([]),
  SIGNING_CALLBACK_REMINDER_DAYS: z.coerce
    .number('must be a number of days')
    .min(0.00001, 'must be at least 0.00001, about a second')
    .max(365, 'must be at most 365')
    .default(7),
  SIGNING_METRICS_ADDRESS: ipAddress.optional(),
  SIGNING_BUILD_ID: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be letters, digits, dots, dashes and underscores')
    .optional(),
  SIGNING_HEALTH_ADDRESS: address.optional(),
  SIGNING_POLL_SECONDS: seconds(0.1, 86_400).default(60),
  SIGNING_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error')
    .default('info'),
  SIGNING_GATEWAY_ADDRESS: address.default('127.0.0.1:8080'),
  SIGNING_GATEWAY_KEYS: gatewayKeys.default([]),
  SIGNING_GATEWAY_JWKS_URL: jwksUrl.optional(),
  SIGNING_GATEWAY_JWT_ISSUER: z.string().optional(),
  SIGNING_GATEWAY_JWT_AUDIENCE: z.string().optional(),
  SIGNING_GATEWAY_EMPLOYEE_CLAIM: z.string().default('employeeId'),
  SIGNING_GATEWAY_ORIGINS: origins.default([]),
  SIGNING_CODEC_KEYS: gatewayKeys.default([]),
  SIGNING_CODEC_CLAIM: claim.optional(),
  SIGNING_CODEC_ORIGINS: origins.default([]),
  SIGNING_STARTS_PER_HOUR: z.coerce
    .number('must be a whole number from 1')
    .int('must be a whole number from 1')
    .min(1, 'must be a whole number from 1')
    .default(30),
});

/** The names of all variables. */
export const VARIABLES = Object.keys(variables.shape);

const DAY_MS = 24 * 60 * 60_000;

type Variables = z.output<typeof variables>;

/** What a client of the workflow needs: the CLI. */
export interface ClientConfig {
  readonly taskQueue: string;
  readonly documentRoot: string;
  readonly documentHosts: readonly string[];
  readonly payloadKeys: readonly PayloadKey[];
  readonly allowPlaintext: boolean;
  readonly logLevel: Variables['SIGNING_LOG_LEVEL'];
  /** Absent: every connection is direct. */
  readonly proxies: Proxies | undefined;
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
export interface GatewayKey {
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
export interface Claim {
  readonly name: string;
  readonly value: string;
}

/** Who may read what is encrypted; at least one of keys and claim is there. */
export interface CodecConfig {
  readonly keys: readonly GatewayKey[];
  readonly claim: Claim | undefined;
  /** The addresses of the Temporal UI. */
  readonly origins: readonly string[];
}

/** What the gateway needs; at least one of keys and token issuer is there. */
export interface GatewayConfig extends ClientConfig {
  readonly host: string;
  readonly port: number;
  readonly keys: readonly GatewayKey[];
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
  return clientConfig(readVariables(env), env);
}

/** @throws ConfigError */
export function readWorkerConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const read = readVariables(env);
  const { FLEXPERTO_BASE_URL: url, FLEXPERTO_API_KEY: apiKey } = read;
  if (url === undefined)
    throw new ConfigError(
      'FLEXPERTO_BASE_URL is missing: the address of the tenant, such as https://tenant.live.flexperto.com.',
    );
  if (apiKey === undefined) throw new ConfigError('FLEXPERTO_API_KEY is missing: the API key of the tenant.');
  if (!read.FLEXPERTO_ALLOW_HTTP) refusePlainHttp(url);
  return {
    ...clientConfig(read, env),
    baseUrl: url,
    apiKey,
    attachMethod: read.FLEXPERTO_ATTACH_METHOD,
    handover: read.FLEXPERTO_HANDOVER,
    timeoutMs: read.FLEXPERTO_TIMEOUT_SECONDS * 1000,
    uploadTimeoutMs: read.FLEXPERTO_UPLOAD_TIMEOUT_SECONDS * 1000,
    firstPollMs: read.SIGNING_POLL_SECONDS * 1000,
    callbackSecrets: read.SIGNING_CALLBACK_SECRET,
    callbackHosts: read.SIGNING_CALLBACK_HOSTS,
    reminderMs: read.SIGNING_CALLBACK_REMINDER_DAYS * DAY_MS,
    metricsAddress: read.SIGNING_METRICS_ADDRESS,
    healthAddress: read.SIGNING_HEALTH_ADDRESS,
    buildId: read.SIGNING_BUILD_ID,
  };
}

/** @throws ConfigError */
export function readGatewayConfig(env: NodeJS.ProcessEnv): GatewayConfig {
  const read = readVariables(env);
  const { SIGNING_GATEWAY_ADDRESS: at, SIGNING_GATEWAY_KEYS: keys } = read;
  const issuer = tokenIssuer(read);
  if (keys.length === 0 && issuer === undefined) {
    throw new ConfigError(
      'Nobody could call the gateway: set SIGNING_GATEWAY_KEYS, or SIGNING_GATEWAY_JWKS_URL and what belongs to it.',
    );
  }
  const colon = at.lastIndexOf(':');
  return {
    ...clientConfig(read, env),
    host: at.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(at.slice(colon + 1)),
    keys,
    tokenIssuer: issuer,
    startsPerHour: read.SIGNING_STARTS_PER_HOUR,
    metricsAddress: read.SIGNING_METRICS_ADDRESS,
    callbackHosts: read.SIGNING_CALLBACK_HOSTS,
    origins: read.SIGNING_GATEWAY_ORIGINS,
    codec: codecConfig(read),
  };
}

function codecConfig(read: Variables): CodecConfig | undefined {
  const { SIGNING_CODEC_KEYS: keys, SIGNING_CODEC_CLAIM: claim, SIGNING_CODEC_ORIGINS: origins } = read;
  if (keys.length > 0 || claim !== undefined) {
    refuseUnsoundCodec(read);
    return { keys, claim, origins };
  }
  if (origins.length === 0) return undefined;
  throw new ConfigError(
    'SIGNING_CODEC_ORIGINS is of no use without SIGNING_CODEC_KEYS or SIGNING_CODEC_CLAIM.',
  );
}

/** @throws ConfigError where it could decrypt nothing, let nobody in or too many, or would leave no trail */
function refuseUnsoundCodec(read: Variables): void {
  if (read.SIGNING_PAYLOAD_KEYS.length === 0)
    throw new ConfigError(
      'SIGNING_CODEC_KEYS and SIGNING_CODEC_CLAIM are of no use without SIGNING_PAYLOAD_KEYS, to decrypt with.',
    );
  if (read.SIGNING_CODEC_CLAIM !== undefined && read.SIGNING_GATEWAY_JWKS_URL === undefined)
    throw new ConfigError('SIGNING_CODEC_CLAIM is of no use without SIGNING_GATEWAY_JWKS_URL, for tokens.');
  const gatewayHashes = read.SIGNING_GATEWAY_KEYS.map(({ sha256 }) => sha256);
  if (read.SIGNING_CODEC_KEYS.some(({ sha256 }) => gatewayHashes.includes(sha256)))
    throw new ConfigError(
      'SIGNING_CODEC_KEYS has a key of SIGNING_GATEWAY_KEYS: who starts signings is not to read all of them.',
    );
  if (read.SIGNING_LOG_LEVEL === 'warn' || read.SIGNING_LOG_LEVEL === 'error')
    throw new ConfigError(
      'SIGNING_LOG_LEVEL must be info or debug with a codec endpoint: the log says who has read what is encrypted.',
    );
}

function tokenIssuer(read: Variables): TokenIssuer | undefined {
  const needed = {
    SIGNING_GATEWAY_JWKS_URL: read.SIGNING_GATEWAY_JWKS_URL,
    SIGNING_GATEWAY_JWT_ISSUER: read.SIGNING_GATEWAY_JWT_ISSUER,
    SIGNING_GATEWAY_JWT_AUDIENCE: read.SIGNING_GATEWAY_JWT_AUDIENCE,
  };
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === Object.keys(needed).length) return undefined;
  if (missing.length > 0)
    throw new ConfigError(
      `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing: tokens need ${Object.keys(needed).join(', ')}.`,
    );
  return {
    jwksUrl: needed.SIGNING_GATEWAY_JWKS_URL ?? '',
    issuer: needed.SIGNING_GATEWAY_JWT_ISSUER ?? '',
    audience: needed.SIGNING_GATEWAY_JWT_AUDIENCE ?? '',
    employeeClaim: read.SIGNING_GATEWAY_EMPLOYEE_CLAIM,
  };
}

/** @throws ConfigError where the folder of the documents is not there */
export function requireDocumentRoot({ documentRoot }: ClientConfig): void {
  if (existsSync(documentRoot) && statSync(documentRoot).isDirectory()) return;
  throw new ConfigError(
    `SIGNING_DOCUMENT_ROOT must be a folder that exists: ${resolve(documentRoot)} is none.`,
  );
}

/** The API key and personal data go there. @throws ConfigError */
function refusePlainHttp(baseUrl: string): void {
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === 'https:' || isLoopback(hostname)) return;
  throw new ConfigError(
    'FLEXPERTO_BASE_URL must be an https: address, since the API key and personal data are sent there; ' +
      'to try things out beyond this machine over plain http, set FLEXPERTO_ALLOW_HTTP=true.',
  );
}

function proxiesIn(env: NodeJS.ProcessEnv): Proxies | undefined {
  try {
    return readProxies(env);
  } catch (error) {
    throw error instanceof ProxyAddressError ? new ConfigError(error.message) : error;
  }
}

function clientConfig(read: Variables, env: NodeJS.ProcessEnv): ClientConfig {
  return {
    taskQueue: read.SIGNING_TASK_QUEUE,
    documentRoot: read.SIGNING_DOCUMENT_ROOT,
    documentHosts: read.SIGNING_DOCUMENT_HOSTS,
    payloadKeys: read.SIGNING_PAYLOAD_KEYS,
    allowPlaintext: read.SIGNING_ALLOW_PLAINTEXT,
    logLevel: read.SIGNING_LOG_LEVEL,
    proxies: proxiesIn(env),
  };
}

function readVariables(env: NodeJS.ProcessEnv): Variables {
  // An empty variable is an unset one: so it is written in .env files and compose files.
  const given = Object.entries(env).filter(
    ([name, value]) => /^(FLEXPERTO|SIGNING)_/.test(name) && value !== '',
  );
  const unknown = given.map(([name]) => name).filter((name) => !VARIABLES.includes(name));
  const result = variables.safeParse(Object.fromEntries(given));
  // What is wrong with an entry of a list is said of the variable, and once.
  const wrong = result.error?.issues.map(({ path, message }) => `${String(path[0])} ${message}.`) ?? [];
  const sentences = [
    ...unknown.map(
      (name) => `${name} is not a variable of this program; did you mean ${nearest(name, VARIABLES)}?`,
    ),
    ...new Set(wrong),
  ];
  if (!result.success || sentences.length > 0) throw new ConfigError(sentences.join(' '));
  return result.data;
}

/** The known name that shares the most letter pairs with a misspelt one. */
function nearest(name: string, known: readonly string[]): string {
  const pairs = (text: string): string[] =>
    Array.from(text.slice(1), (letter, index) => `${text.charAt(index)}${letter}`);
  const wanted = pairs(name);
  const likeness = (candidate: string): number => {
    const other = pairs(candidate);
    return wanted.filter((pair) => other.includes(pair)).length / Math.max(wanted.length, other.length);
  };
  return known.reduce((best, candidate) => (likeness(candidate) > likeness(best) ? candidate : best));
}
