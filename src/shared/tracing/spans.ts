import {
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  context,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { CallObserver } from '../../flexperto/call-observer.js';
import { readTraceparent, withTraceparent } from './trace-header.js';

/** Makes the spans of a trace, from the start of a signing to each call. */
export interface Tracing {
  /** For a client of Temporal: a span for each start, signal and update. */
  readonly clientInterceptors: WorkflowClientInterceptor[];
  /** For a worker: a span for each attempt of an activity. */
  readonly activityInterceptors: ActivityInterceptorsFactory[];
  /** For the client of flexperto: a span for each request. */
  readonly observe: CallObserver;
  /** Sends the spans that are still in memory. */
  readonly close: () => Promise<void>;
}

/** Spans of what a client asks of a signing. The signing's calls become children of the start. */
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

/** This activity runs again and again for weeks. */
const POLL_ACTIVITY = 'pollDocuments';

/**
 * A span for each attempt of an activity, as a child of the start. Each poll has a separate trace with a link to the
 * start: otherwise the trace of a signing would grow for weeks.
 */
export function createActivityInterceptor(tracer: Tracer): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: (input, next) => {
        const { activityType, attempt, workflowExecution } = info;
        const start = readTraceparent(input.headers);
        const isDetached = activityType === POLL_ACTIVITY && start !== undefined;
        const links: Link[] = isDetached ? [{ context: parseTraceparent(start) }] : [];
        const attributes = {
          'temporal.activity.attempt': attempt,
          'temporal.workflow.id': workflowExecution?.workflowId,
          'temporal.run.id': workflowExecution?.runId,
        };
        const options = { kind: SpanKind.CONSUMER, attributes, links, root: isDetached };
        return runInSpan(tracer.startSpan(activityType, options, createParentContext(start)), () =>
          next(input),
        );
      },
    },
  });
}

/** A span for each request to the vendor, as a child of its activity. It has neither address nor content. */
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

/** Ends the span with the callback. An error leaves only its type in the span: its message belongs into the log. */
async function runInSpan<Result>(span: Span, callback: () => Promise<Result>): Promise<Result> {
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

/** A failure that only asks for a later attempt, as of a poll without changes. */
function isBenign(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;
}

function getErrorType(error: unknown): string {
  if (error instanceof ApplicationFailure) return error.type ?? error.name;
  return error instanceof Error ? error.name : 'unknown';
}

/** The span as text for headers: a `traceparent` (W3C Trace Context, 3.2). */
function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function parseTraceparent(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
}

/** In this context a new span becomes a child of the given one. */
function createParentContext(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const spanContext = parseTraceparent(traceparent);
  return isSpanContextValid(spanContext) ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : ROOT_CONTEXT;
}
