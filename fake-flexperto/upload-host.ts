import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, send } from './answer.js';
import type { Handler } from './api.js';
import type { Outcome } from './exchange.js';
import { carryOut } from './exchange.js';
import type { OpenEntry } from './ledger.js';
import type { Received } from './multipart.js';
import { receiveFile } from './multipart.js';
import { Refusal } from './refusal.js';
import type { Fault } from './types.js';
import type { Vendor } from './vendor.js';
import { fileView } from './views.js';

const PATH = '/api/v1/files/upload';

/**
 * The vendor's file storage, another host than the API. The token in the URL is all it asks for. It is checked
 * as the upload begins, and answered once the body has been read, so that the client surely gets the answer.
 */
export function uploadHandler(vendor: Vendor): Handler {
  return async (request, response, url) => {
    if (url.pathname === PATH && request.method === 'POST') {
      await upload(vendor, request, response, url.searchParams.get('token') ?? '');
      return;
    }
    request.resume();
    await send(vendor, response, json(404, { message: 'not found' }));
  };
}

async function upload(
  vendor: Vendor,
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
): Promise<void> {
  const entry = vendor.ledger.open(request, 'upload', PATH);
  const sessionId = checkToken(vendor, entry, token);
  const session = sessionId instanceof Refusal ? undefined : vendor.store.nameOf(sessionId);
  let fault: Fault | undefined;
  const received = await receiveFile(request, (name) => {
    if (entry.documentName !== undefined) return;
    entry.documentName = name;
    fault = vendor.faults.take('upload', { session, document: name });
    if (fault !== undefined) entry.fault = true;
    if (fault?.reset === 'before' && fault.delayBefore !== true) request.socket.resetAndDestroy();
  });
  if (entry.documentName === undefined) fault = vendor.faults.take('upload', { session });
  await carryOut(vendor, { request, response, entry, fault }, () => store(vendor, sessionId, received));
}

function checkToken(vendor: Vendor, entry: OpenEntry, token: string): number | Refusal {
  try {
    const { sessionId, employeeId } = vendor.tokens.check(token);
    Object.assign(entry, { sessionId, employeeId });
    return sessionId;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function store(vendor: Vendor, sessionId: number | Refusal, received: Received | Refusal): Outcome {
  if (sessionId instanceof Refusal) throw sessionId;
  if (received instanceof Refusal) throw received;
  const session = vendor.store.session(sessionId);
  const file = vendor.store.addFile(session, received, vendor.settings.fileSeconds);
  const { id: fileId, bytes, sha256 } = file;
  return {
    answer: json(200, fileView(session, file, vendor.settings)),
    effect: 'file-uploaded',
    learnt: { fileId, bytes, sha256 },
  };
}
