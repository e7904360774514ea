import { OPEN_STATES, type SigningStatus, type Step, isFinal } from '../../../src/domain/status.js';
import type { ScheduleRun } from '../recording.js';
import { getDocumentName } from '../request.js';

const STATUS_FIELDS = [
  'attention', 'crmRecord', 'deadline', 'documents', 'employeeId', 'method', 'name', 'requestId', 'sessionId', 'state', 'updatedAt',
]; // prettier-ignore

/** Every status that a client can see is consistent, alone and after the one before. */
export function hasConsistentStatus({ recording: { events }, schedule }: ScheduleRun): string | undefined {
  const names = Array.from({ length: schedule.documents }, (_, index) => getDocumentName(index));
  const wasReset = events.some(({ type }) => type === 'reset');
  let before: SigningStatus | undefined;
  for (const event of events) {
    if (event.type === 'reset') before = undefined;
    if (event.type !== 'status') continue;
    const { status, shownState = status.state } = event;
    const violation =
      verifyStatus(status, names, wasReset) ??
      (shownState === status.state ? undefined : `the search attribute says ${shownState}`) ??
      (before === undefined ? undefined : verifyTransition(before, status));
    if (violation !== undefined) return `in ${status.state}: ${violation}`;
    before = status;
  }
  return undefined;
}

function verifyStatus(
  status: SigningStatus,
  names: readonly string[],
  wasReset: boolean,
): string | undefined {
  const { state, documents, sessionId, attention } = status;
  if (Object.keys(status).sort().join() !== STATUS_FIELDS.join())
    return `it has the fields ${Object.keys(status).join()}`;
  if (documents.map(({ name }) => name).join() !== names.join()) return 'it has other documents';
  const step = attention?.step;
  const reached = getProgress(state === 'needs-attention' ? step : undefined, status);
  if (
    reached >= PROGRESS.initiating &&
    documents.some(({ bytes, sha256 }) => bytes === null || sha256 === null)
  )
    return 'a document has no size';
  if (reached >= PROGRESS.uploading && sessionId === null) return 'it has no contract session';
  if (!isFinal(state) && reached < PROGRESS.uploading && sessionId !== null)
    return 'it has a contract session already';
  if (reached >= PROGRESS.attaching && documents.some(({ fileId }) => fileId === null))
    return 'a document is not uploaded';
  if (reached >= PROGRESS.attached && documents.some((one) => one.status === null))
    return 'a document is not attached';
  const attached = documents.map((one) => one.status !== null);
  // A final poll may show documents that the run before has attached.
  if (state === 'expired' && wasReset) return verifyAttention(status);
  if (attached.lastIndexOf(true) > attached.indexOf(false) && attached.includes(false))
    return 'attached out of order';
  return verifyAttention(status);
}

const PROGRESS = { checking: 0, initiating: 1, uploading: 2, attaching: 3, attached: 4 } as const;
const PROGRESS_OF_STEP: Readonly<Record<Step, number>> = {
  'check-documents': PROGRESS.checking,
  initiate: PROGRESS.initiating,
  'request-upload-url': PROGRESS.uploading,
  upload: PROGRESS.uploading,
  attach: PROGRESS.attaching,
  'hand-over': PROGRESS.attached,
  'await-completion': PROGRESS.attached,
};

/** The progress that this state implies, or an attention about this step. */
function getProgress(step: Step | undefined, { state }: SigningStatus): number {
  if (step !== undefined) return PROGRESS_OF_STEP[step];
  if (isFinal(state))
    return state === 'completed' || state === 'withdrawn' ? PROGRESS.attached : PROGRESS.checking;
  return Math.min(PROGRESS.attached, Math.max(0, OPEN_STATES.indexOf(state)));
}

function verifyAttention({ state, attention }: SigningStatus): string | undefined {
  const actions = attention?.actions ?? [];
  if (isFinal(state)) return actions.length > 0 ? 'it has ended and offers actions' : undefined;
  if (state !== 'needs-attention') return attention === null ? undefined : 'it has an attention';
  if (!actions.includes('abort') || !actions.includes('retry')) return 'it lacks the action abort or retry';
  const asksWhether = ['initiate', 'attach', 'hand-over'].includes(attention?.step ?? '');
  return actions.includes('adopt') && !asksWhether
    ? 'it offers adopt where nothing can be adopted'
    : undefined;
}

function verifyTransition(before: SigningStatus, now: SigningStatus): string | undefined {
  if (isFinal(before.state))
    return JSON.stringify(before) === JSON.stringify(now) ? undefined : `it was ${before.state}`;
  if (now.updatedAt < before.updatedAt) return 'it is older than the one before';
  if (now.deadline !== before.deadline) return 'the deadline has moved';
  if (rank(now) < rank(before) && !isRepeatedUpload(before, now))
    return `it has gone back from ${before.state}`;
  if (before.sessionId !== null && now.sessionId !== before.sessionId)
    return 'it has another contract session';
  const forgotten = before.documents.findIndex(
    ({ fileId, documentId, status }, index) =>
      // An expired file is replaced by another one.
      (fileId !== null && now.documents[index]?.fileId == null) ||
      (documentId !== null && now.documents[index]?.documentId !== documentId) ||
      (status !== null && now.documents[index]?.status == null),
  );
  return forgotten < 0 ? undefined : `known values of document ${forgotten + 1} are gone`;
}

/** A document may need another upload before it is attached. */
function isRepeatedUpload(before: SigningStatus, { attention }: SigningStatus): boolean {
  const step = attention?.step;
  return (
    rank(before) === OPEN_STATES.indexOf('attaching') && (step === 'upload' || step === 'request-upload-url')
  );
}

const LAST_RANK = OPEN_STATES.length;
const RANK_OF_STEP: Readonly<Record<Step, number>> = {
  'check-documents': OPEN_STATES.indexOf('checking-documents'),
  initiate: OPEN_STATES.indexOf('initiating'),
  'request-upload-url': OPEN_STATES.indexOf('uploading'),
  upload: OPEN_STATES.indexOf('uploading'),
  attach: OPEN_STATES.indexOf('attaching'),
  'hand-over': OPEN_STATES.indexOf('handing-over'),
  'await-completion': OPEN_STATES.indexOf('awaiting-handover'),
};

function rank({ state, attention }: SigningStatus): number {
  if (isFinal(state)) return LAST_RANK;
  if (state === 'needs-attention') return attention === null ? 0 : RANK_OF_STEP[attention.step];
  // A signing can wait for its hand-over and then for signatures, and need a decision in between.
  return Math.min(OPEN_STATES.indexOf('awaiting-handover'), OPEN_STATES.indexOf(state));
}
