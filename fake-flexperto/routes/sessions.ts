import { jsonAnswer } from '../answer.js';
import { readField, readTextField } from '../body.js';
import type { Participant } from '../entities.js';
import { HttpError } from '../http-error.js';
import { renderSession } from '../views.js';
import type { Route } from './route.js';
import { CONTRACTS_PATH } from './route.js';

/**
 * The configured hand-over call, such as `POST /api/…/{sessionId}/…`. It answers without a body, since no page shows
 * one. Throws for text of another format.
 */
export function createHandOverRoute(configured: string): Route {
  const [, method, template] = /^([A-Z]+) (\/\S*\{sessionId\}\S*)$/.exec(configured) ?? [];
  if (method === undefined || template === undefined) {
    throw new Error(
      'The hand-over call must be a method and a path with {sessionId}, such as "POST /a/{sessionId}/b".',
    );
  }
  return {
    call: 'hand-over',
    template,
    methods: () => [method],
    perform: ({ vendor, employeeId, sessionId }) => {
      vendor.lifecycle.handOver(vendor.store.getOwnSession(sessionId, employeeId).id);
      return { answer: { status: 204, text: '' }, effect: 'session-handed-over' };
    },
  };
}

const SIGNATURE_METHODS = ['aes', 'ves', 'qes'];

/** Source: "Signing Documents", asynchronous flow. Not idempotent: every call creates a contract session. */
export const initiateRoute: Route = {
  call: 'initiate',
  template: `${CONTRACTS_PATH}/sessions/initiate`,
  methods: () => ['POST'],
  perform: ({ vendor, employeeId, body }) => {
    const session = vendor.store.createSession({ employeeId, ...parseRequest(body) });
    const ledgerFields = { sessionId: session.id };
    return { answer: jsonAnswer(201, renderSession(session)), effect: 'session-initiated', ledgerFields };
  },
};

function parseRequest(body: unknown): { name: string; method: string; participant: Participant } {
  if (typeof body !== 'object' || body === null) throw new HttpError(422, 'the body must be a JSON object');
  const name = requireText(body, 'name');
  const method = requireText(body, 'method');
  if (!SIGNATURE_METHODS.includes(method)) throw new HttpError(422, 'method must be aes, ves or qes');
  const participants = readField(body, 'participants');
  if (!Array.isArray(participants) || participants.length !== 1) {
    throw new HttpError(422, 'participants must be an array of exactly one participant');
  }
  return { name, method, participant: parseParticipant(participants[0]) };
}

function parseParticipant(value: unknown): Participant {
  const prefix = 'participants[0].';
  const participant = {
    email: requireText(value, 'email', prefix),
    firstname: requireText(value, 'firstname', prefix),
    lastname: requireText(value, 'lastname', prefix),
    mobile: requireText(value, 'mobile', prefix),
  };
  if (!/^[^\s@]+@[^\s@]+$/.test(participant.email))
    throw new HttpError(422, `${prefix}email must be an address`);
  if (!/^\+[1-9]\d{6,14}$/.test(participant.mobile))
    throw new HttpError(422, `${prefix}mobile must be E.164`);
  return participant;
}

function requireText(object: unknown, name: string, prefix = ''): string {
  const text = readTextField(object, name);
  if (text === undefined) throw new HttpError(422, `${prefix}${name} must be text`);
  return text;
}
