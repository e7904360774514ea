import { byId, createElement } from './dom.js';
import { formatClock, formatMoment } from './texts.js';

/** What a problem means to the employee, in sentences; the first says what happened. */
export function describeProblem(problem, names = []) {
  switch (problem.kind) {
    case 'offline':
      return ['The CRM cannot be reached at the moment.'];
    case 'gateway-away':
    case 'no-server':
      return ['The signing service does not answer at the moment.'];
    case 'no-worker':
      return ['The signing service is running, but no worker answers at the moment. It continues automatically.'];
    case 'too-many-starts':
      return ['You have reached the hourly limit of signings.', describeRetry(problem)];
    case 'unauthorized':
      return ['The signing service does not accept the key of the CRM. Please tell your administrator.'];
    case 'invalid-request':
      return ['Some of this cannot be sent:', ...problem.errors.map((error) => `${describePointer(error.pointer, names)} ${error.detail}.`)];
    case 'conflict':
      return ['This click has already sent something else.'];
    case 'rejected':
      return ['The signing service rejected the request. Nothing was sent.', problem.message];
    case 'not-found':
      return ['There is no such signing of this record.'];
    default:
      return [problem.message];
  }
} // prettier-ignore

function describeRetry({ retryAt }) {
  if (retryAt === null) return 'Try again later.';
  const isSoon = retryAt.getTime() - Date.now() < 12 * 3600_000;
  return `You can send again at ${isSoon ? formatClock(retryAt) : formatMoment(retryAt)}; your documents stay here.`;
}

const FIELDS = {
  email: 'The customer’s e-mail', mobile: 'The customer’s mobile number', firstname: 'The customer’s first name',
  lastname: 'The customer’s last name', name: 'The subject', deadlineDays: 'The time to sign', documents: 'The documents',
}; // prettier-ignore

function describePointer(pointer, names) {
  const [, list, index, field] = pointer.split('/');
  if (list === 'documents' && index !== undefined) return `“${names[Number(index)] ?? index}”`;
  return FIELDS[field ?? list] ?? (list || 'The request');
}

/** Shows sentences at the top of the page, with buttons for what to do next. */
export function showProblem(sentences, ...buttons) {
  const box = byId('problem');
  box.hidden = sentences.length === 0;
  box.replaceChildren(...sentences.map((sentence) => createElement('p', {}, sentence)));
  if (buttons.length > 0) box.append(createElement('div', { class: 'buttons' }, ...buttons));
}

export function clearProblem() {
  showProblem([]);
}
