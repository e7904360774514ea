import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type PayloadKey, PayloadKeysError, parsePayloadKeys } from '../encryption/index.js';
import { ConfigError } from '../errors.js';
import { ProxyAddressError, type ProxyConfig, readProxyConfig } from '../http/proxy-config.js';
import { hostList, ipAndPort, parsedBy, trueOrFalse } from './schemas.js';

/** What more than one program reads. */
export const commonVariables = z.object({
  // Part of workflow ids, of queries and of a folder name, which may have 255 bytes.
  SIGNING_TASK_QUEUE: z
    .string()
    .regex(/^[A-Za-z0-9._:@+=,~/-]{1,80}$/, 'must be 1 to 80 letters, digits or any of . _ : @ + = , ~ / -')
    .default('signing'),
  SIGNING_DOCUMENT_ROOT: z.string().min(1, 'must not be empty').default('documents'),
  SIGNING_DOCUMENT_HOSTS: hostList.default([]),
  SIGNING_PAYLOAD_KEYS: parsedBy(parsePayloadKeys, PayloadKeysError).default([]),
  SIGNING_ALLOW_PLAINTEXT: trueOrFalse,
  SIGNING_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error')
    .default('info'),
  // Worker and gateway:
  SIGNING_CALLBACK_HOSTS: hostList.default([]),
  SIGNING_METRICS_ADDRESS: ipAndPort.optional(),
});

export type CommonVariables = z.output<typeof commonVariables>;

/** What every program needs; the command line needs no more. */
export interface ClientConfig {
  readonly taskQueue: string;
  readonly documentRoot: string;
  readonly documentHosts: readonly string[];
  readonly payloadKeys: readonly PayloadKey[];
  readonly allowPlaintext: boolean;
  readonly logLevel: CommonVariables['SIGNING_LOG_LEVEL'];
  /** Absent: every connection is direct. */
  readonly proxies: ProxyConfig | undefined;
}

/** @throws ConfigError if a variable for proxies is wrong */
export function toClientConfig(values: CommonVariables, env: NodeJS.ProcessEnv): ClientConfig {
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

function loadProxyConfig(env: NodeJS.ProcessEnv): ProxyConfig | undefined {
  try {
    return readProxyConfig(env);
  } catch (error) {
    throw error instanceof ProxyAddressError ? new ConfigError(error.message) : error;
  }
}

/** @throws ConfigError if the folder of the documents does not exist */
export function assertDocumentRoot({ documentRoot }: ClientConfig): void {
  if (existsSync(documentRoot) && statSync(documentRoot).isDirectory()) return;
  throw new ConfigError(
    `SIGNING_DOCUMENT_ROOT must be a folder that exists; ${resolve(documentRoot)} is not.`,
  );
}
