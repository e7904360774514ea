import { DocumentChangedError, DocumentUnavailableError } from '../../src/documents/errors.js';
import type { VendorDocument } from '../../src/domain/vendor-document.js';
import {
  AnswerNotUnderstoodError,
  type FlexpertoClient,
  NotSentError,
  OutcomeUnknownError,
  RefusedError,
} from '../../src/flexperto/index.js';
import type { CallEffect, RecordedCall, Recording } from './recording.js';
import type { Call, Fault, Schedule } from './schedule.js';
import { type AttachedDocument, RefusalError, type Vendor } from './vendor.js';

/** Called while a call to the vendor runs; `call` is its index, from 0. */
export interface CallHooks {
  beforeEffect(call: number): Promise<void>;
  beforeResponse(call: number): Promise<void>;
  /** Runs `happen` after `ms` milliseconds. */
  schedule(ms: number, happen: () => void): void;
}

const CALL_NAMES = {
  initiate: 'initiate',
  'upload-url': 'request upload URL',
  upload: 'upload',
  attach: 'attach',
  list: 'list documents',
  'hand-over': 'hand over',
} as const;

const HOUR_MS = 60 * 60_000;

/** A client of the simulated vendor, with the schedule's faults. It throws the errors of the real client. */
export function createVendorClient(
  schedule: Schedule,
  vendor: Vendor,
  recording: Recording,
  hooks: CallHooks,
): FlexpertoClient {
  const { tenant } = schedule;
  const faults = new Map(Object.entries(schedule.faults).map(([call, script]) => [call, [...script]]));
  let calls = 0;

  const perform = async <Result>(
    recorded: RecordedCall,
    effect: () => Result,
    signal?: AbortSignal,
  ): Promise<Result> => {
    const next = faults.get(recorded.call)?.shift() ?? null;
    // Without the list call nobody can find out that the answer was untrue.
    const fault = next?.answer === 'empty-success' && !tenant.list ? null : next;
    const callIndex = calls++;
    await rejectOnAbort(hooks.beforeEffect(callIndex), signal);
    const result = applyFault(vendor, hooks, recorded.call, fault, effect);
    await rejectOnAbort(hooks.beforeResponse(callIndex), signal);
    recorded.effect = result.effect;
    recorded.hasResponse = !('error' in result) || isVendorResponse(result.error);
    if ('error' in result) throw result.error;
    return result.result;
  };

  return {
    initiateSession: ({ employeeId }) =>
      perform(recording.call('initiate', {}), () => vendor.initiate(employeeId)),

    requestUploadUrl: ({ employeeId, signal }, sessionId) =>
      perform(
        recording.call('upload-url', { sessionId }),
        () => {
          vendor.getOwnedSession(sessionId, employeeId);
          const expiresAt = Date.now() + HOUR_MS;
          return { url: `https://uploads.invalid/?session=${sessionId}&until=${expiresAt}`, expiresAt };
        },
        signal,
      ),

    uploadDocument: (url, { name }, signal) => {
      const { searchParams } = new URL(url);
      const sessionId = Number(searchParams.get('session'));
      return perform(
        recording.call('upload', { sessionId, document: name }),
        () => {
          if (Number(searchParams.get('until')) <= Date.now()) throw new RefusalError(401);
          const until = Date.now() + tenant.fileLifetimeMs;
          const fileId = vendor.upload(sessionId, name, until);
          return { fileId, availableUntil: tenant.returnsFileExpiry ? until : null };
        },
        signal,
      );
    },

    attachDocument: ({ employeeId }, sessionId, fileId) => {
      const file = vendor.sessions.find(({ id }) => id === sessionId)?.files.get(fileId);
      const keptUntil = tenant.returnsFileExpiry ? (file?.until ?? null) : null;
      const about = { sessionId, fileId, keptUntil, document: file?.name ?? null };
      return perform(recording.call('attach', about), () => {
        const attached = vendor.attach(sessionId, employeeId, fileId);
        return tenant.attachAnswers ? toVendorDocument(attached, FULL_DETAILS) : null;
      });
    },

    listDocuments: async ({ employeeId, signal }, sessionId) => {
      const recorded = recording.call('list', { sessionId });
      const listed = await perform(
        recorded,
        () => {
          if (!tenant.list) throw new RefusalError(404);
          return vendor.list(sessionId, employeeId);
        },
        signal,
      );
      // A deleted document is no longer attached.
      recorded.listed = listed.flatMap(({ fileId, status }) => (status === 'DELETED' ? [] : fileId));
      return listed.map((attached) => toVendorDocument(attached, tenant));
    },

    handOver: ({ employeeId }, sessionId) =>
      perform(recording.call('hand-over', { sessionId }), () => {
        vendor.handOver(sessionId, employeeId);
      }),

    close: () => Promise.resolve(),
  };
}

type CallResult<Result> =
  | { readonly effect: CallEffect; readonly result: Result }
  | { readonly effect: CallEffect; readonly error: Error };

function applyFault<Result>(
  vendor: Vendor,
  hooks: CallHooks,
  call: Call,
  fault: Fault | null,
  effect: () => Result,
): CallResult<Result> {
  const callName = CALL_NAMES[call];
  const run = (): CallResult<Result> => {
    try {
      return { effect: 'made', result: effect() };
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      return createRefusal(call, error.status);
    }
  };
  switch (fault?.answer) {
    case undefined:
      return run();
    case 'not-sent':
      return { effect: 'none', error: new NotSentError(callName, 'ECONNREFUSED') };
    case 'refused':
      return createRefusal(call, fault.status, fault.retryAfterMs);
    case 'unknown-outcome': {
      if (fault.effect === 'immediate') run();
      if (fault.effect === 'late') vendor.defer(() => void run());
      return {
        effect: 'unknown',
        error:
          fault.status === undefined
            ? new OutcomeUnknownError(callName, 'the connection failed (ECONNRESET)')
            : new OutcomeUnknownError(callName, `flexperto answered ${fault.status}`, {
                status: fault.status,
              }),
      };
    }
    case 'no-response': {
      const { laterMs } = fault;
      if (laterMs !== null) hooks.schedule(laterMs, () => void run());
      const timedOut = { timedOut: true };
      return {
        effect: 'unknown',
        error: new OutcomeUnknownError(callName, 'no answer within 30 s', timedOut),
      };
    }
    case 'empty-success':
      return { effect: 'unknown', result: null as Result };
    case 'malformed-response': {
      const result = run();
      if ('error' in result) return result;
      return { effect: 'unknown', error: new AnswerNotUnderstoodError(callName, 'it is no JSON') };
    }
    case 'document-changed':
      return { effect: 'none', error: new DocumentChangedError('has changed since it was checked') };
    case 'document-unavailable': {
      const error = new DocumentUnavailableError('could not be read', fault.isTransient);
      return { effect: 'none', error };
    }
  }
}

function createRefusal(
  call: Call,
  status: number,
  retryAfterMs?: number,
): { effect: CallEffect; error: Error } {
  const isBusy = status === 429 || status === 503;
  const error = new RefusedError(CALL_NAMES[call], status, 'no', retryAfterMs);
  return { effect: isBusy ? 'none' : 'refused', error };
}

/** Whether the vendor itself has answered; a proxy's 502 to 504 does not count. */
function isVendorResponse(error: Error): boolean {
  if (error instanceof OutcomeUnknownError) return error.status !== undefined && error.status < 502;
  return error instanceof RefusedError || error instanceof AnswerNotUnderstoodError;
}

const FULL_DETAILS = { listNamesFiles: true, listKeepsNames: true };

function toVendorDocument(
  document: AttachedDocument,
  { listNamesFiles, listKeepsNames }: Pick<Schedule['tenant'], 'listNamesFiles' | 'listKeepsNames'>,
): VendorDocument {
  const { id, fileId, status, failureReason } = document;
  const name = listKeepsNames ? document.name : document.name.replaceAll('-', '%2D').toUpperCase();
  return { documentId: id, name, status, originalFileId: listNamesFiles ? fileId : null, failureReason };
}

/** As in the real client, an aborted call throws the signal's reason. */
async function rejectOnAbort(work: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
