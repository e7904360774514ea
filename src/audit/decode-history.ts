import type { LoadedDataConverter, Payload, ProtoFailure } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { SigningState } from '../domain/status.js';
import { decodePayloads } from '../shared/encryption/payload-codec.js';
import { searchAttributes } from '../workflows/messages.js';
import type { HistoryContent, HistoryEvent, LifecycleAttributes, RecordedFailure } from './history-event.js';

/** A time of a history in ISO 8601 and UTC, to the millisecond. `seconds` since 1970 may be a `Long`. */
function toIsoTime(
  time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): string {
  const { seconds, nanos } = time ?? {};
  return new Date(Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6)).toISOString();
}

export type RawEvent = temporal.api.history.v1.IHistoryEvent;

/** Decodes what may be encrypted. */
export interface PayloadDecoder {
  readonly values: (payloads: temporal.api.common.v1.IPayloads | null | undefined) => Promise<unknown[]>;
  readonly failure: (failure: ProtoFailure | null | undefined) => Promise<RecordedFailure | null>;
}

type Content = HistoryContent | undefined;

type EventDecoders = {
  readonly [Key in keyof RawEvent]?: (
    attributes: NonNullable<RawEvent[Key]>,
    decoder: PayloadDecoder,
  ) => Content | Promise<Content>;
};

const RESET_CAUSE = temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;

/** The SDK writes this into the marker of a local activity, unencrypted. */
interface LocalActivityMarker {
  readonly activity_type: string;
  readonly original_schedule_time: { readonly seconds: number; readonly nanos: number };
}

/** The marker in which the SDK records a local activity. */
export const LOCAL_ACTIVITY_MARKER = 'core_local_activity';

/** A decoder for each kind of event that is evidence. */
const EVENT_DECODERS: EventDecoders = {
  workflowExecutionStartedEventAttributes: async (started, { values }) => ({
    type: 'started',
    by: readIdentity(started),
    args: await values(started.input),
    continuedFrom: textOrNull(started.continuedExecutionRunId),
    firstRunId: started.firstExecutionRunId ?? '',
    attributes: readLifecycleAttributes(started.searchAttributes),
  }),
  upsertWorkflowSearchAttributesEventAttributes: ({ searchAttributes: changed }) => ({
    type: 'attributes-changed',
    attributes: readLifecycleAttributes(changed),
  }),
  workflowTaskScheduledEventAttributes: () => ({ type: 'workflow-task-scheduled' }),
  workflowTaskFailedEventAttributes: (failed) =>
    failed.cause === RESET_CAUSE
      ? {
          type: 'reset',
          by: readResetRequester(failed),
          reason: failed.failure?.message ?? '',
          baseRunId: failed.baseRunId ?? '',
        }
      : undefined,

  workflowExecutionSignaledEventAttributes: (signaled) => ({
    type: 'signaled',
    by: readIdentity(signaled),
    name: signaled.signalName ?? '',
  }),
  workflowExecutionUpdateAdmittedEventAttributes: async ({ request }, { values }) => ({
    type: 'update-admitted',
    by: readIdentity(request?.meta),
    updateId: request?.meta?.updateId ?? '',
    name: request?.input?.name ?? '',
    args: await values(request?.input?.args),
  }),
  workflowExecutionUpdateAcceptedEventAttributes: async (accepted, { values }) => ({
    type: 'update-accepted',
    by: readIdentity(accepted.acceptedRequest?.meta),
    updateId: accepted.protocolInstanceId ?? '',
    name: textOrNull(accepted.acceptedRequest?.input?.name),
    args: await values(accepted.acceptedRequest?.input?.args),
  }),
  workflowExecutionUpdateCompletedEventAttributes: async ({ meta, outcome }, { failure }) => ({
    type: 'update-completed',
    updateId: meta?.updateId ?? '',
    failure: await failure(outcome?.failure),
  }),
  workflowExecutionCancelRequestedEventAttributes: (requested) => ({
    type: 'cancel-requested',
    by: readIdentity(requested),
    reason: requested.cause ?? '',
  }),

  activityTaskScheduledEventAttributes: async ({ activityType, input }, { values }) => ({
    type: 'call-scheduled',
    call: activityType?.name ?? '',
    args: await values(input),
  }),
  activityTaskStartedEventAttributes: async (started, { failure }) => ({
    type: 'call-started',
    ...readCallReference(started),
    attempt: started.attempt ?? 1,
    failureBefore: await failure(started.lastFailure),
  }),
  activityTaskCompletedEventAttributes: async (completed, { values }) => ({
    type: 'call-completed',
    ...readCallReference(completed),
    result: (await values(completed.result))[0],
  }),
  activityTaskFailedEventAttributes: async (failed, { failure }) => ({
    type: 'call-failed',
    ...readCallReference(failed),
    failure: await failure(failed.failure),
  }),
  activityTaskTimedOutEventAttributes: async (timedOut, { failure }) => ({
    type: 'call-timed-out',
    ...readCallReference(timedOut),
    failure: await failure(timedOut.failure),
  }),
  activityTaskCanceledEventAttributes: (cancelled) => ({
    type: 'call-cancelled',
    ...readCallReference(cancelled),
  }),

  markerRecordedEventAttributes: async ({ markerName, details, failure: failed }, { values, failure }) => {
    if (markerName !== LOCAL_ACTIVITY_MARKER) return undefined;
    const [about] = (await values(details?.['data'])) as [LocalActivityMarker];
    const [result] = await values(details?.['result']);
    return {
      type: 'local-call',
      call: about.activity_type,
      scheduledAt: toIsoTime(about.original_schedule_time),
      result,
      failure: await failure(failed),
    };
  },

  workflowExecutionCompletedEventAttributes: async ({ result }, { values }) => ({
    type: 'completed',
    result: (await values(result))[0],
  }),
  workflowExecutionFailedEventAttributes: async (failed, { failure }) => ({
    type: 'failed',
    failure: await failure(failed.failure),
  }),
  workflowExecutionContinuedAsNewEventAttributes: ({ newExecutionRunId }) => ({
    type: 'continued',
    newRunId: newExecutionRunId ?? '',
  }),
  workflowExecutionTerminatedEventAttributes: (terminated) => ({
    type: 'terminated',
    by: readIdentity(terminated),
    reason: terminated.reason ?? '',
  }),
  workflowExecutionCanceledEventAttributes: () => ({ type: 'cancelled' }),
  workflowExecutionTimedOutEventAttributes: () => ({ type: 'timed-out' }),
};

const textOrNull = (text: string | null | undefined): string | null => (text === '' ? null : (text ?? null));

function readIdentity(attributes: { identity?: string | null } | null | undefined): string | null {
  return textOrNull(attributes?.identity);
}

/** The server names itself if it does not record who requested a reset. */
function readResetRequester(attributes: { identity?: string | null }): string | null {
  const by = readIdentity(attributes);
  return by === 'history-service' ? null : by;
}

type EventId = RawEvent['eventId'];

function readCallReference({ scheduledEventId }: { scheduledEventId?: EventId }): { scheduled: number } {
  return { scheduled: Number(scheduledEventId) };
}

/** Search attributes are never encrypted: their payloads are plain JSON. */
function readLifecycleAttributes(
  attributes: temporal.api.common.v1.ISearchAttributes | null | undefined,
): LifecycleAttributes {
  const read = (name: string): string | null => {
    const data = attributes?.indexedFields?.[name]?.data;
    const value: unknown =
      data == null || data.length === 0 ? null : JSON.parse(Buffer.from(data).toString('utf8'));
    return typeof value === 'string' ? value : null;
  };
  const state = read(searchAttributes.state.name) as SigningState | null;
  return { state, deadline: read(searchAttributes.deadline.name) };
}

/** The events of a history that are evidence, in their order. @throws UnreadablePayloadError if a key is missing */
export async function decodeHistory(
  events: readonly RawEvent[],
  converter: LoadedDataConverter,
): Promise<HistoryEvent[]> {
  const decoder = createPayloadDecoder(converter);
  const decoded: HistoryEvent[] = [];
  for (const event of events) {
    const content = await decodeContent(event, decoder);
    if (content !== undefined)
      decoded.push({ id: Number(event.eventId), at: toIsoTime(event.eventTime), ...content });
  }
  return decoded;
}

function createPayloadDecoder(converter: LoadedDataConverter): PayloadDecoder {
  const decode = (payloads: Payload[]) => decodePayloads(converter, payloads);
  return {
    values: (payloads) => decode(payloads?.payloads ?? []),
    failure: async (failure) => (failure == null ? null : decodeFailure(failure, decode)),
  };
}

async function decodeFailure(failure: ProtoFailure, decode: (payloads: Payload[]) => Promise<unknown[]>) {
  const { applicationFailureInfo: info, encodedAttributes } = failure;
  // With payload keys the message of a failure is in a payload.
  const [encrypted] = await decode(encodedAttributes == null ? [] : [encodedAttributes]);
  const [details] = await decode(info?.details?.payloads ?? []);
  return {
    type: info?.type ?? 'Timeout',
    message: (encrypted as { message?: string } | undefined)?.message ?? failure.message ?? '',
    status: (details as { status?: number } | null | undefined)?.status ?? null,
  };
}

async function decodeContent(event: RawEvent, decoder: PayloadDecoder): Promise<HistoryContent | undefined> {
  for (const key of Object.keys(EVENT_DECODERS) as (keyof RawEvent)[]) {
    const attributes = event[key];
    if (attributes != null) return EVENT_DECODERS[key]?.(attributes as never, decoder);
  }
  return undefined;
}
