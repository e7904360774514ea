import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type SigningClientFactory, assertOwnSigning, getCaller } from '../auth/caller.js';
import type { ProblemName } from '../http/problem.js';
import { describeJsonResponse, describeProblemResponses } from '../http/problem.js';
import { RecordedOutcome, RequestId, Resolution, Status } from './schemas.js';

export const SigningParams = z.object({ requestId: RequestId });

/** Problems of every request about one signing. */
export const SIGNING_PROBLEMS = [
  'invalid-request', 'unauthorized', 'not-found', 'internal', 'no-server',
] as const satisfies readonly ProblemName[]; // prettier-ignore

/** Problems of a signing that ended without an outcome. */
export const NO_OUTCOME_PROBLEMS = [
  'terminated',
  'broken',
  'rejected',
] as const satisfies readonly ProblemName[];

const BODY_PROBLEMS = ['too-large', 'unsupported-media-type'] as const satisfies readonly ProblemName[];

/** Each poll request adds an event to the workflow's history, so the gateway sends at most one in this time. */
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
    'Get the whole status of a signing',
    'After its end, no worker is needed for the response.',
  ),
  response: {
    200: describeJsonResponse('The status.', Status),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...NO_OUTCOME_PROBLEMS, 'no-worker'),
  },
};

const checkSchema = {
  ...describeRoute(
    'checkSigning',
    'Poll flexperto now',
    'The signing polls flexperto immediately. Further requests within a second share one poll at the end of that second.',
  ),
  response: {
    202: describeJsonResponse('The signing polls flexperto.', Accepted),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...BODY_PROBLEMS, 'not-possible'),
  },
};

const cancelSchema = {
  ...describeRoute(
    'cancelSigning',
    'Cancel a signing',
    'A call in flight ends first. What exists at flexperto by then stays there.',
  ),
  response: {
    202: describeJsonResponse('The cancellation is requested.', Accepted),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...BODY_PROBLEMS, 'not-possible'),
  },
};

const resolveSchema = {
  ...describeRoute(
    'resolveSigning',
    'Decide how a signing that needs attention continues',
    'Possible in the state `needs-attention`, with an action that `attention.actions` names. `attentionId` names the ' +
      'decision that is needed. If it is not the current one, the response is 409 and its `detail` says what is possible. ' +
      'Repeating the same decision changes nothing.',
  ),
  body: Resolution,
  response: {
    200: describeJsonResponse('The status after the decision.', Status),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...BODY_PROBLEMS, 'not-possible', 'no-worker'),
  },
};

const outcomeSchema = {
  ...describeRoute(
    'recordOutcome',
    'Record how a signing ended',
    'For tenants whose flexperto API does not report it, while the signing waits for hand-over or signature.',
  ),
  body: RecordedOutcome,
  response: {
    200: describeJsonResponse('The status after the outcome is recorded.', Status),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...BODY_PROBLEMS, 'not-possible', 'no-worker'),
  },
};

/** The status of one signing, and the decisions that a person makes about it. */
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

/** Runs `send` at most once in an interval for each key. Every caller gets the result of the call that serves it. */
type Coalescer = (key: string, send: () => Promise<void>) => Promise<void>;

interface Pause {
  readonly timer: NodeJS.Timeout;
  readonly ended: Promise<void>;
  /** The shared call at the end of the pause, if a caller waits for it. */
  next: Promise<void> | undefined;
}

/**
 * The first call sends immediately. Calls within the next `pauseMs` share one `send` at the end of that pause, since the
 * documents may have changed since the first.
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
    // This timer alone must not keep the process alive.
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
