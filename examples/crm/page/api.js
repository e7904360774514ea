/** The calls to the CRM's server, and what their failures mean to an employee. */

/** A call was answered with a problem, or not at all. Its message is for the employee. */
export class Problem extends Error {
  constructor({ type, status, detail, errors = [] }, retryAfter) {
    super(detail);
    this.kind = type.replace(/^urn:(signing|crm):problem:/, '');
    this.status = status;
    this.errors = errors;
    /** When it may be tried again; `null` where nobody said. */
    this.againAt = retryAfter === null ? null : new Date(Date.now() + Number(retryAfter) * 1000);
  }

  /** Whether it is open what became of the call: no answer, or one of somebody on the way. */
  get isUnclear() {
    return this.status === 0 || this.status >= 500;
  }
}

async function call(path, init = {}) {
  const answer = await fetch(path, init).catch((error) => {
    if (error.name === 'AbortError') throw error;
    throw new Problem({ type: 'offline', status: 0, detail: 'The CRM cannot be reached.' }, null);
  });
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => ({}));
  const unknown = { type: 'unknown', status: answer.status, detail: `The CRM answered ${answer.status}.` };
  throw new Problem({ ...unknown, ...problem }, answer.headers.get('retry-after'));
}

const post = (path, body) =>
  call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const signing = (requestId) => `/api/signings/${encodeURIComponent(requestId)}`;

export const getRecord = () => call('/api/record');
export const startSigning = (request) => post('/api/signings', request);
export const listSignings = (cursor) =>
  call(`/api/signings${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`);
export const getSigning = (requestId) => call(signing(requestId));
export const getTold = (requestId) => call(`${signing(requestId)}/told`);
export const checkSigning = (requestId) => call(`${signing(requestId)}/check`, { method: 'POST' });
export const cancelSigning = (requestId) => call(`${signing(requestId)}/cancel`, { method: 'POST' });
export const resolveSigning = (requestId, resolution) => post(`${signing(requestId)}/resolve`, resolution);
export const eventsOf = (requestId) => new EventSource(`${signing(requestId)}/events`);

/** Uploads one file; what is known of it then is `{ source, bytes, sha256, pages, signatureFields, problems, warnings }`. */
export function uploadDocument(file, signal) {
  const body = new FormData();
  body.append('file', file, file.name);
  return call('/api/documents', { method: 'POST', body, signal });
}
