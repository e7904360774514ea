import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { getCaller, assertOwnSigning, type SigningClientFactory } from '../auth/caller.js';
import type { ProblemName } from '../http/problem.js';
import { describeJsonResponse, describeProblemResponses } from '../http/problem.js';

import { RecordedOutcome, RequestId, Resolution, Status } from './schemas.js';

export const SigningParams = z.object({ requestId: RequestId });

/** How every call about one session can end. */
export const SIGNING_PROBLEMS = [
  'invalid-request', 'unauthorized', 'not-found', 'internal', 'no-server',
] as const satisfies readonly ProblemName[]; // prettier-ignore

/** How the session itself can have ended without an outcome. */
export const NO_OUTCOME_PROBLEMS = [
  'terminated',
  'broken',
  'rejected',
] as const satisfies readonly ProblemName[];

const BODY_PROBLEMS = ['too-large', 'unsupported-media-type'] as const satisfies readonly ProblemName[];

/** Every hint is an event in the session's history, so the gateway sends at most one in this time. */
const CHECK_INTERVAL_MS = 1_000;

const Accepted = z.object({ requestId: z.string() });

const describeRoute = (operationId: string, summary: string, description: string) => ({
  tags: ['signings'],
  operationId,
  summary,
  description,
  params: SigningParams,
});

const statusSchema = {
  ...describeRoute(
    'getSigning',
    'The whole state of a signing',
    'Once it has ended, no worker is needed for the answer.',
  ),
  response: {
    200: describeJsonResponse('The state.', Status),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...NO_OUTCOME_PROBLEMS, 'no-worker'),
  },
};

const checkSchema = {
  ...describeRoute(
    'checkSigning',
    'Look at the documents now',
    'A hint: the session asks flexperto, at once. Further calls within a second share one look at its end.',
  ),
  response: {
    202: describeJsonResponse('The session looks.', Accepted),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...BODY_PROBLEMS, 'not-possible'),
  },
};

const cancelSchema = {
  ...describeRoute(
    'cancelSigning',
    'Cancel a signing',
    'A call in flight is let end first. What exists at flexperto by then stays there.',
  ),
  response: {
    202: describeJsonResponse('The session has been told to end.', Accepted),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...BODY_PROBLEMS, 'not-possible'),
  },
};

const resolveSchema = {
  ...describeRoute(
    'resolveSigning',
    'Decide what a session needs that waits for a human',
    'Possible in the state `needs-attention`, and there what `attention.actions` names. `attentionId` is the question ' +
      'that was shown: a decision on another question than the open one is answered with 409, and its `detail` says what ' +
      'is possible. The same decision again, on the same question, changes nothing.',
  ),
  body: Resolution,
  response: {
    200: describeJsonResponse('The state after the decision.', Status),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...BODY_PROBLEMS, 'not-possible', 'no-worker'),
  },
};

const outcomeSchema = {
  ...describeRoute(
    'recordOutcome',
    'Record how a signing ended',
    'For tenants whose flexperto API cannot tell it, while the session waits for hand-over or signature.',
  ),
  body: RecordedOutcome,
  response: {
    200: describeJsonResponse('The state after the record.', Status),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...BODY_PROBLEMS, 'not-possible', 'no-worker'),
  },
};

/** What is known of one session, and what a human decides about it. */
export function signingByIdRoutes(clientFor: SigningClientFactory): FastifyPluginAsyncZod {
  const coalesce = createCoalescer(CHECK_INTERVAL_MS);
  return async (app) => {
    await Promise.resolve();
    app.addHook<{ Params: z.output<typeof SigningParams> }>('preHandler', async (request) => {
      const caller = getCaller(request);
      await assertOwnSigning(clientFor(caller), caller, request.params.requestId);
    });

    app.get('/signings/:requestId', { schema: statusSchema }, (request) =>
      clientFor(getCaller(request)).status(request.params.requestId),
    );

    app.post('/signings/:requestId/check', { schema: checkSchema }, async (request, reply) => {
      const { requestId } = request.params;
      await coalesce(requestId, () => clientFor(getCaller(request)).check(requestId));
      return reply.code(202).send({ requestId });
    });

    app.post('/signings/:requestId/cancel', { schema: cancelSchema }, async (request, reply) => {
      const { requestId } = request.params;
      await clientFor(getCaller(request)).cancel(requestId);
      return reply.code(202).send({ requestId });
    });

    app.post('/signings/:requestId/resolve', { schema: resolveSchema }, (request) =>
      clientFor(getCaller(request)).resolve(request.params.requestId, request.body),
    );

    app.post('/signings/:requestId/outcome', { schema: outcomeSchema }, (request) =>
      clientFor(getCaller(request)).recordOutcome(request.params.requestId, request.body),
    );
  };
}

/** Sends what was asked for, at most once in a while for each key. Every caller gets the fate of the sending that serves it. */
export type Coalescer = (key: string, send: () => Promise<void>) => Promise<void>;

interface Pause {
  readonly timer: NodeJS.Timeout;
  readonly ended: Promise<void>;
  /** What all who ask during the pause wait for. */
  next: Promise<void> | undefined;
}

/**
 * The first call sends at once. Calls within `pauseMs` after it share one sending at the end of that pause, since what they
 * ask about may have changed since the first.
 */
export function createCoalescer(pauseMs: number): Coalescer {
  const pauses = new Map<string, Pause>();

  const startPause = (key: string, send: () => Promise<void>): Promise<void> => {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const timer = setTimeout(() => {
      pauses.delete(key);
      end();
    }, pauseMs);
    // A process that waits for nothing else may end.
    timer.unref();
    pauses.set(key, { timer, ended, next: undefined });
    return send();
  };

  return (key, send) => {
    const pause = pauses.get(key);
    if (pause === undefined) return startPause(key, send);
    pause.timer.ref();
    return (pause.next ??= pause.ended.then(() => startPause(key, send)));
  };
}
