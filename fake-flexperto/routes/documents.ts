import { jsonAnswer } from '../answer.js';
import { readTextField } from '../body.js';
import { HttpError } from '../http-error.js';
import { renderDocument, renderListEntry } from '../views.js';
import type { Route } from './route.js';
import { CONTRACTS_PATH } from './route.js';

/** Source: "Signing Documents". May be asked for as often as one likes; every answer has its own token. */
export const uploadUrlRoute: Route = {
  call: 'upload-url',
  template: `${CONTRACTS_PATH}/sessions/{sessionId}/documents/upload-url`,
  methods: () => ['GET'],
  perform: ({ vendor, employeeId, sessionId, fault }) => {
    const session = vendor.store.getOwnSession(sessionId, employeeId);
    const seconds = fault?.uploadUrlSeconds ?? vendor.settings.uploadUrlSeconds;
    const token = vendor.tokens.issue(session.id, employeeId, seconds);
    const url = `${vendor.uploadUrl}/api/v1/files/upload?token=${token}`;
    return { answer: jsonAnswer(200, { url }), effect: 'upload-url-issued' };
  },
};

/** Source: "Signing Documents"; shown as GET with a body in one revision, as POST in the next. */
export const attachRoute: Route = {
  call: 'attach',
  template: `${CONTRACTS_PATH}/sessions/{sessionId}/documents/attach`,
  methods: ({ settings }) => [settings.attach],
  perform: ({ vendor, employeeId, sessionId, body }) => {
    const session = vendor.store.getOwnSession(sessionId, employeeId);
    const fileId = readTextField(body, 'fileId');
    if (fileId === undefined) throw new HttpError(422, 'fileId must be text');
    const document = vendor.store.attach(session, fileId);
    const empty = vendor.settings.attachAnswer === 'empty';
    const answer = empty ? { status: 200, text: '' } : jsonAnswer(200, renderDocument(document));
    const { name: documentName, bytes, sha256 } = document;
    return { answer, effect: 'document-attached', ledgerFields: { fileId, documentName, bytes, sha256 } };
  },
};

/** Source: the next revision of the page, which does not show the outer shape. */
export const listRoute: Route = {
  call: 'list',
  template: `${CONTRACTS_PATH}/documents`,
  methods: ({ settings }) => (settings.list ? ['GET'] : []),
  perform: ({ vendor, employeeId, sessionId }) => {
    const documents = vendor.store
      .getOwnSession(sessionId, employeeId)
      .documents.map((document) => renderListEntry(document, vendor.settings));
    const body = vendor.settings.listShape === 'array' ? documents : { documents };
    return { answer: jsonAnswer(200, body), effect: null };
  },
};
