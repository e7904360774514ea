import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Answer } from './answer.js';
import { json, refused, send } from './answer.js';
import type { Handler } from './api.js';
import { readJson } from './body.js';
import { clockBody, faultBody, sentence, settingsBody, subjectBody } from './control-bodies.js';
import { dashboard } from './dashboard/page.js';
import type { Action } from './lifecycle.js';
import { ACTIONS, possibleActions } from './lifecycle.js';
import { Refusal } from './refusal.js';
import { wholeNumber } from './routes/route.js';
import type { Vendor } from './vendor.js';

type Command = (body: unknown, query: URLSearchParams) => unknown;

/** The dashboard on `/` and the control API below `/_fake/`; every other path goes on to the vendor's API. */
export function controlHandler(vendor: Vendor, api: Handler): Handler {
  const commands = commandsOf(vendor);
  return async (request, response, url) => {
    if (url.pathname === '/' && request.method === 'GET') await send(vendor, response, dashboard());
    else if (url.pathname.startsWith('/_fake/')) {
      await send(vendor, response, await control(vendor, commands, request, url));
    } else await api(request, response, url);
  };
}

async function control(
  vendor: Vendor,
  commands: Readonly<Record<string, Command>>,
  request: IncomingMessage,
  { pathname, searchParams }: URL,
): Promise<Answer> {
  const body = await readJson(request);
  const wanted = `${request.method ?? ''} ${pathname}`;
  try {
    const command = Object.hasOwn(commands, wanted) ? commands[wanted] : sessionCommand(vendor, wanted);
    if (command === undefined) throw new Refusal(404, `the control API has no ${wanted}`);
    return json(200, command(body, searchParams) ?? { done: true });
  } catch (error) {
    return refused(error);
  }
}

function commandsOf(vendor: Vendor): Readonly<Record<string, Command>> {
  const { clock, faults, ledger, settings } = vendor;
  return {
    'GET /_fake/state': () => state(vendor),
    'GET /_fake/ledger': (_, query) => {
      const after = wholeNumber(query.get('after') ?? '0');
      if (Number.isNaN(after)) throw new Refusal(400, 'Wrong ledger: after: expected a number of calls.');
      return ledger.entries(after);
    },
    'POST /_fake/faults': (body) => {
      const wanted = (Array.isArray(body) ? body : [body]).map((one) => parsed('fault', faultBody, one));
      for (const fault of wanted) faults.add(fault);
      return faults.pending();
    },
    'DELETE /_fake/faults': () => {
      faults.clear();
    },
    'POST /_fake/clock': (body) => {
      const change = parsed('clock', clockBody, body);
      if ('set' in change) clock.set(new Date(change.set));
      else clock.advance(change.advanceSeconds);
      return { now: clock.now() };
    },
    'PATCH /_fake/settings': (body) => Object.assign(settings, parsed('settings', settingsBody, body)),
    'POST /_fake/reset': () => {
      vendor.reset();
    },
  };
}

function sessionCommand({ lifecycle }: Vendor, wanted: string): Command | undefined {
  const [, session = '', name] = /^POST \/_fake\/sessions\/(\d+)\/([a-z-]+)$/.exec(wanted) ?? [];
  const action = ACTIONS.find((known): known is Action => known === name);
  if (action === undefined) return undefined;
  return (body) => {
    const { documentId, reason } = parsed(action, subjectBody, body ?? {});
    if (action === 'hand-over') lifecycle.handOver(wholeNumber(session));
    else lifecycle.act(action, wholeNumber(session), documentId, reason);
  };
}

function parsed<Schema extends z.ZodType>(what: string, schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) throw new Refusal(400, sentence(what, result.error));
  return result.data;
}

/** What the dashboard shows: everything, and what can be done with each session and document. */
function state(vendor: Vendor): object {
  const sessions = vendor.store.all().map((session) => ({
    ...session,
    actions: possibleActions(session),
    documents: session.documents.map((document) => ({
      ...document,
      actions: possibleActions(session, document),
    })),
  }));
  const { clock, settings, faults } = vendor;
  return { now: clock.now(), settings, faults: faults.pending(), sessions };
}
