import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Answer } from './answer.js';
import { errorAnswer, jsonAnswer, send } from './answer.js';
import type { Handler } from './api.js';
import { readJson } from './body.js';
import {
  clockSchema,
  describeValidationError,
  documentActionSchema,
  faultSchema,
  settingsSchema,
} from './control-schemas.js';
import { renderDashboard } from './dashboard/page.js';
import { HttpError } from './http-error.js';
import type { Action } from './lifecycle.js';
import { ACTIONS, listPossibleActions } from './lifecycle.js';
import { parseWholeNumber } from './routes/route.js';
import type { Vendor } from './vendor.js';

type Command = (body: unknown, query: URLSearchParams) => unknown;

/** The dashboard on `/` and the control API below `/_fake/`; every other path belongs to the vendor's API. */
export function createControlHandler(vendor: Vendor, api: Handler): Handler {
  const commands = createCommands(vendor);
  return async (request, response, url) => {
    if (url.pathname === '/' && request.method === 'GET') await send(vendor, response, renderDashboard());
    else if (url.pathname.startsWith('/_fake/')) {
      await send(vendor, response, await runCommand(vendor, commands, request, url));
    } else await api(request, response, url);
  };
}

async function runCommand(
  vendor: Vendor,
  commands: Readonly<Record<string, Command>>,
  request: IncomingMessage,
  { pathname, searchParams }: URL,
): Promise<Answer> {
  const body = await readJson(request);
  const name = `${request.method ?? ''} ${pathname}`;
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : findSessionCommand(vendor, name);
    if (command === undefined) throw new HttpError(404, `the control API has no ${name}`);
    return jsonAnswer(200, command(body, searchParams) ?? { done: true });
  } catch (error) {
    return errorAnswer(error);
  }
}

function createCommands(vendor: Vendor): Readonly<Record<string, Command>> {
  const { clock, faults, ledger, settings } = vendor;
  return {
    'GET /_fake/state': () => describeState(vendor),
    'GET /_fake/ledger': (_, query) => {
      const after = parseWholeNumber(query.get('after') ?? '0');
      if (Number.isNaN(after)) throw new HttpError(400, 'Invalid ledger: after: expected a number of calls.');
      return ledger.entries(after);
    },
    'POST /_fake/faults': (body) => {
      const added = (Array.isArray(body) ? body : [body]).map((one) => parseBody('fault', faultSchema, one));
      for (const fault of added) faults.add(fault);
      return faults.pending();
    },
    'DELETE /_fake/faults': () => {
      faults.clear();
    },
    'POST /_fake/clock': (body) => {
      const change = parseBody('clock', clockSchema, body);
      if ('set' in change) clock.set(new Date(change.set));
      else clock.advance(change.advanceSeconds);
      return { now: clock.now() };
    },
    'PATCH /_fake/settings': (body) => Object.assign(settings, parseBody('settings', settingsSchema, body)),
    'POST /_fake/reset': () => {
      vendor.reset();
    },
  };
}

function findSessionCommand({ lifecycle }: Vendor, route: string): Command | undefined {
  const [, session = '', actionName] = /^POST \/_fake\/sessions\/(\d+)\/([a-z-]+)$/.exec(route) ?? [];
  const action = ACTIONS.find((known): known is Action => known === actionName);
  if (action === undefined) return undefined;
  return (body) => {
    const { documentId, reason } = parseBody(action, documentActionSchema, body ?? {});
    if (action === 'hand-over') lifecycle.handOver(parseWholeNumber(session));
    else lifecycle.act(action, parseWholeNumber(session), documentId, reason);
  };
}

function parseBody<Schema extends z.ZodType>(what: string, schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) throw new HttpError(400, describeValidationError(what, result.error));
  return result.data;
}

/** The whole state for the dashboard, with the possible actions of each session and document. */
function describeState(vendor: Vendor): object {
  const sessions = vendor.store.listSessions().map((session) => ({
    ...session,
    actions: listPossibleActions(session),
    documents: session.documents.map((document) => ({
      ...document,
      actions: listPossibleActions(session, document),
    })),
  }));
  const { clock, settings, faults } = vendor;
  return { now: clock.now(), settings, faults: faults.pending(), sessions };
}
