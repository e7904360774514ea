/** The calls to the CRM's server. */

/** The CRM answered with a problem, or did not answer. The message is for the employee. */
export class Problem extends Error {
  constructor({ type, status, detail, errors = [] }, retryAfter) {
    super(detail);
    this.kind = type.replace(/^urn:(signing|crm):problem:/, '');
    this.status = status;
    this.errors = errors;
    /** The earliest time of a retry; `null` where the answer names none. */
    this.retryAt = retryAfter === null ? null : new Date(Date.now() + Number(retryAfter) * 1000);
  }

  /** Whether the call may have taken effect: there was no answer, or a server failed. */
  get hasUnknownOutcome() {
    return this.status === 0 || this.status >= 500;
  }
}

async function callServer(path, init = {}) {
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
  callServer(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const signingPath = (requestId) => `/api/signings/${encodeURIComponent(requestId)}`;

export const getRecord = () => callServer('/api/record');
const START_PAUSES_MS = [1_000, 3_000];

/**
 * Starts a signing. While the outcome is unknown, it repeats the call with the same requestId: the gateway recognizes it,
 * and nothing is sent twice. Throws the last `Problem`.
 */
export async function startSigning(request) {
  for (const pause of [...START_PAUSES_MS, null]) {
    try {
      return await post('/api/signings', request);
    } catch (problem) {
      if (!problem.hasUnknownOutcome || pause === null) throw problem;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

export const listSignings = (cursor) =>
  callServer(`/api/signings${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`);
export const getSigning = (requestId) => callServer(signingPath(requestId));
export const getCallbacks = (requestId) => callServer(`${signingPath(requestId)}/callbacks`);
export const checkSigning = (requestId) => callServer(`${signingPath(requestId)}/check`, { method: 'POST' });
export const cancelSigning = (requestId) =>
  callServer(`${signingPath(requestId)}/cancel`, { method: 'POST' });
export const resolveSigning = (requestId, resolution) =>
  post(`${signingPath(requestId)}/resolve`, resolution);
export const openEvents = (requestId) => new EventSource(`${signingPath(requestId)}/events`);

/** Uploads one file. Resolves with `{ source, bytes, sha256, pages, signatureFields, problems, warnings }`. */
export function uploadDocument(file, signal) {
  const body = new FormData();
  body.append('file', file, file.name);
  return callServer('/api/documents', { method: 'POST', body, signal });
}
