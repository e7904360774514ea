import { json } from '../answer.js';
import { textField } from '../body.js';
import { Refusal } from '../refusal.js';
import { documentView, listView } from '../views.js';
import type { Route } from './route.js';
import { CONTRACTS } from './route.js';

/** Source: "Signing Documents". May be asked for as often as one likes; every answer has its own token. */
export const uploadUrl: Route = {
  call: 'upload-url',
  template: `${CONTRACTS}/sessions/{sessionId}/documents/upload-url`,
  methods: () => ['GET'],
  perform: ({ vendor, employeeId, sessionId, fault }) => {
    const session = vendor.store.owned(sessionId, employeeId);
    const seconds = fault?.uploadUrlSeconds ?? vendor.settings.uploadUrlSeconds;
    const token = vendor.tokens.issue(session.id, employeeId, seconds);
    const url = `${vendor.uploadUrl}/api/v1/files/upload?token=${token}`;
    return { answer: json(200, { url }), effect: 'upload-url-issued' };
  },
};

/** Source: "Signing Documents"; shown as GET with a body in one revision, as POST in the next. */
export const attach: Route = {
  call: 'attach',
  template: `${CONTRACTS}/sessions/{sessionId}/documents/attach`,
  methods: ({ settings }) => [settings.attach],
  perform: ({ vendor, employeeId, sessionId, body }) => {
    const session = vendor.store.owned(sessionId, employeeId);
    const fileId = textField(body, 'fileId');
    if (fileId === undefined) throw new Refusal(422, 'fileId must be text');
    const document = vendor.store.attach(session, fileId);
    const empty = vendor.settings.attachAnswer === 'empty';
    const answer = empty ? { status: 200, text: '' } : json(200, documentView(document));
    const { name: documentName, bytes, sha256 } = document;
    return { answer, effect: 'document-attached', learnt: { fileId, documentName, bytes, sha256 } };
  },
};

/** Source: the next revision of the page, which does not show the outer shape. */
export const list: Route = {
  call: 'list',
  template: `${CONTRACTS}/documents`,
  methods: ({ settings }) => (settings.list ? ['GET'] : []),
  perform: ({ vendor, employeeId, sessionId }) => {
    const documents = vendor.store
      .owned(sessionId, employeeId)
      .documents.map((document) => listView(document, vendor.settings));
    const body = vendor.settings.listShape === 'array' ? documents : { documents };
    return { answer: json(200, body), effect: null };
  },
};
