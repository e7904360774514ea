import { byId, make } from './dom.js';
import { clock, moment } from './words.js';

/** What a problem means to the employee, in sentences; the first says what happened. */
export function sentencesOf(problem, names = []) {
  switch (problem.kind) {
    case 'offline':
      return ['The CRM cannot be reached at the moment.'];
    case 'gateway-away':
    case 'no-server':
      return ['The signing service does not answer at the moment.'];
    case 'no-worker':
      return ['The signing service is there, but nobody works there at the moment. It goes on by itself.'];
    case 'too-many-starts':
      return ['You have started as many signings as one employee may within an hour.', again(problem)];
    case 'unauthorized':
      return ['The signing service does not let the CRM in. Please tell your administrator: the key is not accepted.'];
    case 'invalid-request':
      return ['Something in this cannot be sent:', ...problem.errors.map((error) => `${place(error.pointer, names)} ${error.detail}.`)];
    case 'conflict':
      return ['Something else was sent already by the same press of the button.'];
    case 'rejected':
      return ['This was not sent, since something in it is wrong.', problem.message];
    case 'not-found':
      return ['There is no such signing of this record.'];
    default:
      return [problem.message];
  }
} // prettier-ignore

function again({ againAt }) {
  if (againAt === null) return 'Try again later.';
  const isSoon = againAt.getTime() - Date.now() < 12 * 3600_000;
  return `You can send again at ${isSoon ? clock(againAt) : moment(againAt)}; what you have chosen stays here.`;
}

const FIELDS = {
  email: 'The customer’s e-mail', mobile: 'The customer’s mobile number', firstname: 'The customer’s first name',
  lastname: 'The customer’s last name', name: 'The subject', deadlineDays: 'The time to sign', documents: 'The documents',
}; // prettier-ignore

function place(pointer, names) {
  const [, list, index, field] = pointer.split('/');
  if (list === 'documents' && index !== undefined) return `“${names[Number(index)] ?? index}”`;
  return FIELDS[field ?? list] ?? (list || 'The request');
}

/** Shows sentences above the page's work, with buttons for the ways on; nothing where there are none. */
export function showProblem(sentences, ...ways) {
  const box = byId('problem');
  box.hidden = sentences.length === 0;
  box.replaceChildren(...sentences.map((sentence) => make('p', {}, sentence)));
  if (ways.length > 0) box.append(make('div', { class: 'buttons' }, ...ways));
}

export function clearProblem() {
  showProblem([]);
}
