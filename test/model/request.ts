import type { Schedule } from './schedule.js';
import { EMPLOYEE } from './vendor.js';

const DAY_MS = 24 * 60 * 60_000;

/** The request of a schedule, as a CRM sends it. */
export function createRequest({ documents, deadlineMs }: Schedule, requestId = 'model') {
  return {
    requestId,
    employeeId: EMPLOYEE,
    name: 'Task-123 / Documents to be Signed',
    method: 'aes',
    participants: [
      { email: 'john.doe@example.invalid', firstname: 'John', lastname: 'Doe', mobile: '+49176123456789' },
    ],
    documents: Array.from({ length: documents }, (_, index) => ({
      source: `file:${getDocumentName(index)}`,
    })),
    deadlineDays: deadlineMs / DAY_MS,
  };
}

export function getDocumentName(index: number): string {
  return `document-${index + 1}.pdf`;
}
