import { DocumentChangedError, DocumentUnavailableError } from '../../src/documents/errors.js';
import type { VendorDocument } from '../../src/domain/vendor-document.js';
import {
  AnswerNotUnderstoodError,
  NotSentError,
  OutcomeUnknownError,
  RefusedError,
  type FlexpertoClient,
} from '../../src/flexperto/index.js';
import type { RecordedCall, Recording, CallEffect } from './recording.js';
import type { Call, Fault, Schedule } from './schedule.js';
import { RefusalError, type AttachedDocument, type Vendor } from './vendor.js';

/** Lets time and messages pass while a call is under way; `call` is its number, counted from 0. */
export interface CallHooks {
  beforeEffect(call: number): Promise<void>;
  beforeResponse(call: number): Promise<void>;
  /** Lets something happen once so many milliseconds have passed. */
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

/**
 * The client of the vendor as the activities know it, with the simulated vendor behind it and the schedule's faults in
 * between. Of the real client it uses nothing but the family of errors, which is what it promises.
 */
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
    // Without the list nobody can know that such an answer was untrue.
    const fault = next?.answer === 'empty-yes' && !tenant.list ? null : next;
    const number = calls++;
    await rejectOnAbort(hooks.beforeEffect(number), signal);
    const outcome = applyFault(vendor, hooks, recorded.call, fault, effect);
    await rejectOnAbort(hooks.beforeResponse(number), signal);
    recorded.effect = outcome.verdict;
    recorded.hasResponse = !('error' in outcome) || isVendorResponse(outcome.error);
    if ('error' in outcome) throw outcome.error;
    return outcome.result;
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
          const until = Date.now() + tenant.keepsFilesMs;
          const fileId = vendor.upload(sessionId, name, until);
          return { fileId, availableUntil: tenant.tellsFileLife ? until : null };
        },
        signal,
      );
    },

    attachDocument: ({ employeeId }, sessionId, fileId) => {
      const file = vendor.sessions.find(({ id }) => id === sessionId)?.files.get(fileId);
      const keptUntil = tenant.tellsFileLife ? (file?.until ?? null) : null;
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
      // What an employee has deleted is not attached any more.
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
  | { readonly verdict: CallEffect; readonly result: Result }
  | { readonly verdict: CallEffect; readonly error: Error };

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
      return { verdict: 'made', result: effect() };
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      return createRefusal(call, error.status);
    }
  };
  switch (fault?.answer) {
    case undefined:
      return run();
    case 'not-sent':
      return { verdict: 'surely-not', error: new NotSentError(callName, 'ECONNREFUSED') };
    case 'refused':
      return createRefusal(call, fault.status, fault.retryAfterMs);
    case 'unclear': {
      if (fault.effect === 'at-once') run();
      if (fault.effect === 'late') vendor.defer(() => void run());
      return {
        verdict: 'unknown',
        error:
          fault.status === undefined
            ? new OutcomeUnknownError(callName, 'the connection failed (ECONNRESET)')
            : new OutcomeUnknownError(callName, `flexperto answered ${fault.status}`, {
                status: fault.status,
              }),
      };
    }
    case 'silence': {
      const { laterMs } = fault;
      if (laterMs !== null) hooks.schedule(laterMs, () => void run());
      const timedOut = { timedOut: true };
      return {
        verdict: 'unknown',
        error: new OutcomeUnknownError(callName, 'no answer within 30 s', timedOut),
      };
    }
    case 'empty-yes':
      return { verdict: 'unknown', result: null as Result };
    case 'not-understood': {
      const outcome = run();
      if ('error' in outcome) return outcome;
      return { verdict: 'unknown', error: new AnswerNotUnderstoodError(callName, 'it is no JSON') };
    }
    case 'document-changed':
      return { verdict: 'surely-not', error: new DocumentChangedError('has changed since it was checked') };
    case 'document-unavailable': {
      const error = new DocumentUnavailableError('could not be read', fault.passing);
      return { verdict: 'surely-not', error };
    }
  }
}

function createRefusal(
  call: Call,
  status: number,
  retryAfterMs?: number,
): { verdict: CallEffect; error: Error } {
  const busy = status === 429 || status === 503;
  const error = new RefusedError(CALL_NAMES[call], status, 'no', retryAfterMs);
  return { verdict: busy ? 'surely-not' : 'refused', error };
}

/** An error that the vendor itself has answered with. A gateway's 502 to 504 is none. */
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

/** As the real client does: a call that is given up throws the signal's reason. */
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
