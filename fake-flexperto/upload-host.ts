import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonAnswer, send } from './answer.js';
import type { Handler } from './api.js';
import type { CallResult } from './execute-call.js';
import { executeCall } from './execute-call.js';
import { HttpError } from './http-error.js';
import type { MutableLedgerEntry } from './ledger.js';
import type { ReceivedFile } from './multipart.js';
import { receiveFile } from './multipart.js';
import type { Fault } from './types.js';
import type { Vendor } from './vendor.js';
import { renderFile } from './views.js';

const UPLOAD_PATH = '/api/v1/files/upload';

/**
 * The vendor's file storage, another host than the API. The token in the URL is its only authentication. The fake
 * checks it at the start, and answers after it has read the body, so that the client always gets the answer.
 */
export function createUploadHandler(vendor: Vendor): Handler {
  return async (request, response, url) => {
    if (url.pathname === UPLOAD_PATH && request.method === 'POST') {
      await handleUpload(vendor, request, response, url.searchParams.get('token') ?? '');
      return;
    }
    request.resume();
    await send(vendor, response, jsonAnswer(404, { message: 'not found' }));
  };
}

async function handleUpload(
  vendor: Vendor,
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
): Promise<void> {
  const entry = vendor.ledger.record(request, 'upload', UPLOAD_PATH);
  const sessionId = checkToken(vendor, entry, token);
  const session = sessionId instanceof HttpError ? undefined : vendor.store.findSessionName(sessionId);
  let fault: Fault | undefined;
  const received = await receiveFile(request, (name) => {
    if (entry.documentName !== undefined) return;
    entry.documentName = name;
    fault = vendor.faults.consume('upload', { session, document: name });
    if (fault !== undefined) entry.fault = true;
    if (fault?.reset === 'before' && fault.delayBefore !== true) request.socket.resetAndDestroy();
  });
  if (entry.documentName === undefined) fault = vendor.faults.consume('upload', { session });
  await executeCall(vendor, { request, response, entry, fault }, () =>
    storeFile(vendor, sessionId, received),
  );
}

function checkToken(vendor: Vendor, entry: MutableLedgerEntry, token: string): number | HttpError {
  try {
    const { sessionId, employeeId } = vendor.tokens.verify(token);
    Object.assign(entry, { sessionId, employeeId });
    return sessionId;
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
}

function storeFile(
  vendor: Vendor,
  sessionId: number | HttpError,
  received: ReceivedFile | HttpError,
): CallResult {
  if (sessionId instanceof HttpError) throw sessionId;
  if (received instanceof HttpError) throw received;
  const session = vendor.store.getSession(sessionId);
  const file = vendor.store.addFile(session, received, vendor.settings.fileSeconds);
  const { id: fileId, bytes, sha256 } = file;
  return {
    answer: jsonAnswer(200, renderFile(session, file, vendor.settings)),
    effect: 'file-uploaded',
    ledgerFields: { fileId, bytes, sha256 },
  };
}
