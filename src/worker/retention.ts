import { tsToMs } from '@temporalio/common/lib/time';
import type { Logger, NativeConnection } from '@temporalio/worker';
import { MAX_DEADLINE_DAYS } from '../domain/request.js';
import { ConfigError, getErrorMessage } from '../shared/errors.js';
import { isDenied, isUnimplemented, mapCallError } from '../shared/temporal-errors.js';

const DAY_MS = 24 * 60 * 60_000;

/** A caller may repeat a start until the longest deadline has passed, and some days later from a backlog. */
const MIN_RETENTION_DAYS = MAX_DEADLINE_DAYS + 7;

/**
 * Logs one warning if the namespace deletes ended signings so early that a repeated start could send the documents again:
 * a start is idempotent only while Temporal keeps the signing. @throws ConfigError if the worker may not describe the
 * namespace, which Temporal's SDK needs to start a worker
 */
export async function warnOnShortRetention(
  connection: NativeConnection,
  namespace: string,
  logger: Logger,
): Promise<void> {
  const retentionDays = await readRetentionDays(connection, namespace);
  if (retentionDays === undefined) {
    logger.warn('the retention of the namespace is unknown: the server does not say', { namespace });
  } else if (retentionDays < MIN_RETENTION_DAYS) {
    logger.warn(
      'the retention of the namespace is short: a start that is repeated after it sends the documents again',
      { namespace, retentionDays, recommendedDays: MIN_RETENTION_DAYS },
    );
  }
}

/** `undefined` if the server does not say. */
async function readRetentionDays(
  connection: NativeConnection,
  namespace: string,
): Promise<number | undefined> {
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    const retention = config?.workflowExecutionRetentionTtl;
    return retention == null ? undefined : tsToMs(retention) / DAY_MS;
  } catch (error) {
    if (isUnimplemented(error)) return undefined;
    if (!isDenied(error)) throw mapCallError(error);
    throw new ConfigError(
      `The worker may not call DescribeNamespace (${getErrorMessage(error)}), which the Temporal SDK needs; ` +
        `allow its identity to read the namespace ${namespace}.`,
    );
  }
}
