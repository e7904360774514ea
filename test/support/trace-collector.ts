import { startLocalServer } from './local-server.js';

/** A span of OTLP's JSON, with the attributes as an object. */
export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** A collector of traces that accepts OTLP over HTTP as JSON. */
export interface TraceCollector {
  readonly url: string;
  spans(): readonly CollectedSpan[];
  /** All bodies, unparsed. */
  raw(): string;
  close(): Promise<void>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpPayload {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly Attribute[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

const ERROR_STATUS = 2;

export async function startTraceCollector(): Promise<TraceCollector> {
  const bodies: string[] = [];
  const server = await startLocalServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    spans: () => bodies.flatMap((body) => readSpans(JSON.parse(body) as OtlpPayload)),
    raw: () => bodies.join('\n'),
    close: () => server.close(),
  };
}

function readSpans({ resourceSpans }: OtlpPayload): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, traceId, spanId, parentSpanId, status, attributes, links = [] }) => ({
        service: String(readAttributes(resource.attributes)['service.name']),
        name,
        traceId,
        spanId,
        parentSpanId,
        failed: status.code === ERROR_STATUS,
        attributes: readAttributes(attributes),
        links,
      })),
    ),
  );
}

function readAttributes(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
