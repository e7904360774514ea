import { z } from 'zod';
import { ConfigError } from '../errors.js';
import { isLoopback } from '../http/host-allowlist.js';
import { parseHostAndPort } from '../listen.js';
import { type ClientConfig, type CommonVariables, toClientConfig } from './common.js';
import { commaSeparatedList, hostAndPort } from './schemas.js';

/** A key that opens the gateway. A name may have two keys while one is exchanged. */
export interface ApiKeyHash {
  readonly name: string;
  /** Of the key, in lower-case hex. */
  readonly sha256: string;
}

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

export const gatewayVariables = z.object({
  SIGNING_GATEWAY_ADDRESS: hostAndPort.default('127.0.0.1:8080'),
  SIGNING_GATEWAY_KEYS: apiKeyHashes.default([]),
  // The keys at this address decide who may call, so they come over TLS, except from this machine.
  SIGNING_GATEWAY_JWKS_URL: z
    .string()
    .refine((text) => {
      if (!URL.canParse(text)) return false;
      const { protocol, hostname } = new URL(text);
      return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
    }, 'must be an https: address')
    .optional(),
  SIGNING_GATEWAY_JWT_ISSUER: z.string().optional(),
  SIGNING_GATEWAY_JWT_AUDIENCE: z.string().optional(),
  SIGNING_GATEWAY_EMPLOYEE_CLAIM: z.string().default('employeeId'),
  SIGNING_GATEWAY_ORIGINS: origins.default([]),
  SIGNING_CODEC_KEYS: apiKeyHashes.default([]),
  SIGNING_CODEC_CLAIM: z
    .string()
    .regex(
      /^[^=]{1,200}=.{1,200}$/,
      'must be the name of a claim and its value, such as roles=signing-auditor',
    )
    .transform((text): RequiredClaim => {
      const [name = '', ...value] = text.split('=');
      return { name, value: value.join('=') };
    })
    .optional(),
  SIGNING_CODEC_ORIGINS: origins.default([]),
  SIGNING_STARTS_PER_HOUR: z.coerce
    .number('must be a whole number from 1')
    .int('must be a whole number from 1')
    .min(1, 'must be a whole number from 1')
    .default(30),
});

type GatewayVariables = CommonVariables & z.output<typeof gatewayVariables>;

/** The identity provider of the CRM, whose tokens open the gateway. */
export interface TokenIssuer {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** The claim that carries the employee's flexperto account id. */
  readonly employeeClaim: string;
}

/** A token must have this claim, as the value itself or as a list that contains it. */
export interface RequiredClaim {
  readonly name: string;
  readonly value: string;
}

/** Who may read encrypted payloads; keys or claim are set, or both. */
export interface CodecConfig {
  readonly keys: readonly ApiKeyHash[];
  readonly claim: RequiredClaim | undefined;
  /** The addresses of the Temporal UI. */
  readonly origins: readonly string[];
}

/** What the gateway needs; keys or token issuer are set, or both. */
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

/** @throws ConfigError if variables are missing that others need, or nobody could call the gateway */
export function toGatewayConfig(values: GatewayVariables, env: NodeJS.ProcessEnv): GatewayConfig {
  const { SIGNING_GATEWAY_KEYS: keys } = values;
  const tokenIssuer = readTokenIssuer(values);
  if (keys.length === 0 && tokenIssuer === undefined) {
    throw new ConfigError(
      'Nobody could call the gateway: set SIGNING_GATEWAY_KEYS, or SIGNING_GATEWAY_JWKS_URL and what belongs to it.',
    );
  }
  return {
    ...toClientConfig(values, env),
    ...parseHostAndPort(values.SIGNING_GATEWAY_ADDRESS),
    keys,
    tokenIssuer,
    startsPerHour: values.SIGNING_STARTS_PER_HOUR,
    metricsAddress: values.SIGNING_METRICS_ADDRESS,
    callbackHosts: values.SIGNING_CALLBACK_HOSTS,
    origins: values.SIGNING_GATEWAY_ORIGINS,
    codec: readCodecConfig(values),
  };
}

function readCodecConfig(values: GatewayVariables): CodecConfig | undefined {
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

/** @throws ConfigError if it could decrypt nothing, admit nobody or too many, or leave no log */
function assertCodecConfig(values: GatewayVariables): void {
  if (values.SIGNING_PAYLOAD_KEYS.length === 0)
    throw new ConfigError(
      'SIGNING_CODEC_KEYS and SIGNING_CODEC_CLAIM are of no use without SIGNING_PAYLOAD_KEYS, to decrypt with.',
    );
  if (values.SIGNING_CODEC_CLAIM !== undefined && values.SIGNING_GATEWAY_JWKS_URL === undefined)
    throw new ConfigError('SIGNING_CODEC_CLAIM is of no use without SIGNING_GATEWAY_JWKS_URL, for tokens.');
  const gatewayHashes = values.SIGNING_GATEWAY_KEYS.map(({ sha256 }) => sha256);
  if (values.SIGNING_CODEC_KEYS.some(({ sha256 }) => gatewayHashes.includes(sha256)))
    throw new ConfigError(
      'SIGNING_CODEC_KEYS has a key of SIGNING_GATEWAY_KEYS: a caller that starts signings must not read all of them.',
    );
  if (values.SIGNING_LOG_LEVEL === 'warn' || values.SIGNING_LOG_LEVEL === 'error')
    throw new ConfigError(
      'SIGNING_LOG_LEVEL must be info or debug with a codec endpoint: the log records who reads encrypted payloads.',
    );
}

function readTokenIssuer(values: GatewayVariables): TokenIssuer | undefined {
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
