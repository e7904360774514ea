import {
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  type Context,
  type SpanContext,
  context,
  SpanStatusCode,
  type Span,
  SpanKind,
  type Tracer,
  type Link,
} from '@opentelemetry/api';

import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

import type { InjectedSinks, ActivityInterceptorsFactory } from '@temporalio/worker';
import { type TraceSinks, withTraceparent, readTraceparent } from './trace-header.js';

import type { CallObserver } from '../../flexperto/call-observer.js';

import type { WorkflowClientInterceptor } from '@temporalio/client';

/** A place in a trace as the text that travels in headers: a `traceparent` (W3C Trace Context, 3.2). */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

export function parseTraceparent(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
}

/** The context in which a span becomes a child of that place. */
export function createParentContext(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const spanContext = parseTraceparent(traceparent);
  return isSpanContextValid(spanContext) ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : ROOT_CONTEXT;
}

/** Does work within a span and ends it. Of an error it tells the type alone: what an error says is for logs. */
export async function runInSpan<Result>(span: Span, callback: () => Promise<Result>): Promise<Result> {
  try {
    return await context.with(trace.setSpan(context.active(), span), callback);
  } catch (error) {
    if (!isBenign(error))
      span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', getErrorType(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Such as "not yet". */
function isBenign(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;
}

function getErrorType(error: unknown): string {
  if (error instanceof ApplicationFailure) return error.type ?? error.name;
  return error instanceof Error ? error.name : 'unknown';
}

/**
 * A span for each session, from its start until a worker has taken it up; the calls hang below it. It does not last as
 * long as the session: a span is sent when it ends, and the trace would lack its middle for weeks.
 */
export function createSigningSpans(
  tracer: Tracer,
  withSpanId: (spanId: string, start: () => void) => void,
): InjectedSinks<TraceSinks> {
  return {
    tracing: {
      workflowStarted: {
        callDuringReplay: false,
        fn: ({ workflowType, workflowId, runId, runStartTime }, start, signing) => {
          withSpanId(parseTraceparent(signing).spanId, () => {
            const attributes = { 'temporal.workflow.id': workflowId, 'temporal.run.id': runId };
            const options = { kind: SpanKind.CONSUMER, startTime: runStartTime, attributes };
            tracer.startSpan(workflowType, options, createParentContext(start)).end();
          });
        },
      },
    },
  };
}

/** A span for each request to the vendor, below the activity that makes it. It names neither address nor content. */
export function createCallSpans(tracer: Tracer): CallObserver {
  return ({ call, method, documentBytes }) => {
    const attributes = {
      'http.request.method': method,
      ...(documentBytes > 0 ? { 'http.request.body.size': documentBytes } : {}),
    };
    const span = tracer.startSpan(
      `flexperto ${call}`,
      { kind: SpanKind.CLIENT, attributes },
      context.active(),
    );
    return (outcome) => {
      if (typeof outcome === 'number') span.setAttribute('http.response.status_code', outcome);
      if (typeof outcome !== 'number' || outcome >= 400) {
        span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(outcome));
      }
      span.end();
    };
  };
}

/** Spans of what a client asks of a session; the start hands its place in the trace on. */
export function createClientInterceptor(tracer: Tracer): WorkflowClientInterceptor {
  const startSpan = (name: string, workflowId: string): Span =>
    tracer.startSpan(
      name,
      { kind: SpanKind.CLIENT, attributes: { 'temporal.workflow.id': workflowId } },
      context.active(),
    );
  return {
    startWithDetails: (input, next) => {
      const span = startSpan(`start ${input.workflowType}`, input.options.workflowId);
      const headers = withTraceparent(input.headers, formatTraceparent(span.spanContext()));
      return runInSpan(span, () => next({ ...input, headers }));
    },
    startUpdate: (input, next) =>
      runInSpan(startSpan(`update ${input.updateName}`, input.workflowExecution.workflowId), () =>
        next(input),
      ),
    signal: (input, next) =>
      runInSpan(startSpan(`signal ${input.signalName}`, input.workflowExecution.workflowId), () =>
        next(input),
      ),
  };
}

/** The one that is attempted for weeks. */
const POLL_ACTIVITY = 'pollDocuments';

/**
 * A span for each attempt of an activity, below its session. Looks for news are traces of their own with a link to the
 * session: else its trace would grow for weeks.
 */
export function createActivityInterceptor(tracer: Tracer): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: (input, next) => {
        const { activityType, attempt, workflowExecution } = info;
        const signing = readTraceparent(input.headers);
        const isDetached = activityType === POLL_ACTIVITY && signing !== undefined;
        const links: Link[] = isDetached ? [{ context: parseTraceparent(signing) }] : [];
        const attributes = {
          'temporal.activity.attempt': attempt,
          'temporal.workflow.id': workflowExecution?.workflowId,
          'temporal.run.id': workflowExecution?.runId,
        };
        const options = { kind: SpanKind.CONSUMER, attributes, links, root: isDetached };
        return runInSpan(tracer.startSpan(activityType, options, createParentContext(signing)), () =>
          next(input),
        );
      },
    },
  });
}
