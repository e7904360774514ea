import { formatOffsetTimestamp } from './clock.js';
import type { Session, SessionDocument, UploadedFile } from './entities.js';
import type { Settings } from './types.js';

export const TENANT = 'fake';

/** Account ids are numbers on the vendor's page; any other id stays text. */
export function toAccountId(employeeId: string): number | string {
  return /^(0|[1-9]\d{0,14})$/.test(employeeId) ? Number(employeeId) : employeeId;
}

/** The answer of initiate. `updated_at` and `deleted_at` are `undefined` on the page, hence absent. */
export function renderSession(session: Session): object {
  const { participant } = session;
  return {
    id: session.id,
    expert_id: toAccountId(session.employeeId),
    customer_id: session.customerId,
    name: session.name,
    expert_email: `employee-${session.employeeId}@example.invalid`,
    expert_name: `Employee ${session.employeeId}`,
    customer_name: `${participant.firstname} ${participant.lastname}`,
    customer_email: participant.email,
    method: session.method,
    transaction_completed: false,
    created_at: session.createdAt.toISOString(),
    meta: { foreign_session_id: session.foreignSessionId },
  };
}

/** The answer of the upload host. */
export function renderFile(
  session: Session,
  file: UploadedFile,
  { tellsFileLife }: Pick<Settings, 'tellsFileLife'>,
): object {
  return {
    id: file.id,
    owner: { account_id: toAccountId(session.employeeId), account_role: 'expert', tenant: TENANT },
    metadata: { contract_session_id: session.id },
    ...(tellsFileLife ? { availableUntil: file.availableUntil.toISOString() } : {}),
    name: file.name,
  };
}

/** One element of the list; the page does not promise that it names the uploaded file. */
export function renderListEntry(
  document: SessionDocument,
  { listFileIds }: Pick<Settings, 'listFileIds'>,
): object {
  return { ...renderDocument(document), ...(listFileIds ? {} : { original_file_id: undefined }) };
}

/** The answer of attach, and a document in the list. */
export function renderDocument(document: SessionDocument): object {
  return {
    id: document.id,
    name: document.name,
    status: document.status,
    original_file_id: document.fileId,
    failure_reason: document.failureReason,
    created_at: formatOffsetTimestamp(document.createdAt),
    updated_at: formatOffsetTimestamp(document.updatedAt),
  };
}
