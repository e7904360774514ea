import { json } from '../answer.js';
import { field, textField } from '../body.js';
import type { Participant } from '../entities.js';
import { Refusal } from '../refusal.js';
import { sessionView } from '../views.js';
import type { Route } from './route.js';
import { CONTRACTS } from './route.js';

const METHODS = ['aes', 'ves', 'qes'];

/** Source: "Signing Documents", asynchronous flow. Not idempotent: every call makes a contract session. */
export const initiate: Route = {
  call: 'initiate',
  template: `${CONTRACTS}/sessions/initiate`,
  methods: () => ['POST'],
  perform: ({ vendor, employeeId, body }) => {
    const session = vendor.store.initiate({ employeeId, ...checked(body) });
    const learnt = { sessionId: session.id };
    return { answer: json(201, sessionView(session)), effect: 'session-initiated', learnt };
  },
};

function checked(body: unknown): { name: string; method: string; participant: Participant } {
  if (typeof body !== 'object' || body === null) throw new Refusal(422, 'the body must be a JSON object');
  const name = required(body, 'name');
  const method = required(body, 'method');
  if (!METHODS.includes(method)) throw new Refusal(422, 'method must be aes, ves or qes');
  const participants = field(body, 'participants');
  if (!Array.isArray(participants) || participants.length !== 1) {
    throw new Refusal(422, 'participants must be an array of exactly one participant');
  }
  return { name, method, participant: participantOf(participants[0]) };
}

function participantOf(value: unknown): Participant {
  const at = 'participants[0].';
  const participant = {
    email: required(value, 'email', at),
    firstname: required(value, 'firstname', at),
    lastname: required(value, 'lastname', at),
    mobile: required(value, 'mobile', at),
  };
  if (!/^[^\s@]+@[^\s@]+$/.test(participant.email)) throw new Refusal(422, `${at}email must be an address`);
  if (!/^\+[1-9]\d{6,14}$/.test(participant.mobile)) throw new Refusal(422, `${at}mobile must be E.164`);
  return participant;
}

function required(object: unknown, name: string, at = ''): string {
  const text = textField(object, name);
  if (text === undefined) throw new Refusal(422, `${at}${name} must be text`);
  return text;
}
