import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { decodePayloads } from './payloads.js';

export type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];
type ProtoFailure = NonNullable<PendingActivity['lastFailure']>;

/** What waits fails like this; nothing is wrong then. */
const WAITING = 'NotYet';

/** Why the last attempt failed of a call that the server repeats; null where none fails. */
export async function failureOf(client: Client, pending: readonly PendingActivity[]): Promise<string | null> {
  const failures = pending.flatMap(({ lastFailure }) => lastFailure ?? []);
  const failure = failures.find(({ applicationFailureInfo }) => applicationFailureInfo?.type !== WAITING);
  return failure === undefined ? null : messageOf(client, failure);
}

/** The message of a failure, decrypted where the client has the key. */
export async function messageOf(client: Client, failure: ProtoFailure): Promise<string> {
  if (failure.timeoutFailureInfo != null) return 'the worker was lost during the attempt';
  const { message, encodedAttributes } = failure;
  if (encodedAttributes == null) return message ?? '';
  const [attributes] = await decodePayloads(client.options.loadedDataConverter, [encodedAttributes]);
  return (attributes as { readonly message?: string } | undefined)?.message ?? '';
}
