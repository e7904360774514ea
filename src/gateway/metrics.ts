import type { FastifyInstance } from 'fastify';
import { statfs } from 'node:fs/promises';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { serveOn } from '../shared/listen.js';
import { type UploadArea, getUploadFolder } from './uploads/storage.js';

/** Source: the exposition formats of Prometheus. */
const EXPOSITION_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Answers `GET /metrics` on a separate address, which callers of the gateway cannot reach. Returns what closes it.
 * @throws ConfigError if it cannot listen on the address
 */
export function serveMetrics(
  address: string | undefined,
  { render }: Pick<GatewayMetrics, 'render'>,
): Promise<() => Promise<void>> {
  return serveOn('SIGNING_METRICS_ADDRESS', address, ({ url }, response) => {
    if (url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    render().then(
      (text) => response.writeHead(200, { 'content-type': EXPOSITION_CONTENT_TYPE }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}

/** Seconds; most calls take milliseconds, an upload of 50 MB over a slow line minutes. */
const DURATION_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Rejected callers: no valid key or token, no permission, or too many starts or uploads. */
const REFUSAL_STATUSES = [401, 403, 429];

const UPLOAD_ROUTE = 'POST /documents';

/** The gateway's metrics for Prometheus. No label names a caller, an employee or a signing: routes are templates. */
export interface GatewayMetrics {
  /** Counts and times every request to this app. */
  readonly countRequests: (app: FastifyInstance) => void;
  /** Counts the bytes of an accepted upload. */
  readonly countUploadedBytes: (bytes: number) => void;
  /** Counts a cleanup by the number of uploads it removed; `undefined` if it failed. */
  readonly countCleanup: (removed: number | undefined) => void;
  /** In the text format of Prometheus. */
  readonly render: () => Promise<string>;
}

/** The labels are those of the worker's metrics. */
export function createGatewayMetrics(area: UploadArea): GatewayMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ namespace: area.namespace, task_queue: area.taskQueue });
  registerDiskGauges(registry, area);
  return {
    ...createRequestMetrics(registry),
    ...createCleanupMetrics(registry),
    render: () => registry.metrics(),
  };
}

function createRequestMetrics(
  registry: Registry,
): Pick<GatewayMetrics, 'countRequests' | 'countUploadedBytes'> {
  const registers = [registry];
  const durations = new Histogram({
    name: 'signing_gateway_request_duration_seconds',
    help: 'Requests by route and class of the status',
    labelNames: ['route', 'status'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const refusals = new Counter({
    name: 'signing_gateway_refusals_total',
    help: 'Requests of rejected callers, by status',
    labelNames: ['status'],
    registers,
  });
  const uploads = new Counter({
    name: 'signing_gateway_uploads_total',
    help: 'Uploads by result',
    labelNames: ['result'],
    registers,
  });
  const uploaded = new Counter({
    name: 'signing_gateway_uploaded_bytes_total',
    help: 'Bytes of uploads that were accepted',
    registers,
  });
  for (const status of REFUSAL_STATUSES) refusals.inc({ status }, 0);
  for (const result of ['accepted', 'refused', 'failed']) uploads.inc({ result }, 0);
  return {
    countRequests: (app) => {
      app.addHook('onResponse', async ({ method, routeOptions: { url } }, { statusCode, elapsedTime }) => {
        const route = url === undefined ? '(unknown)' : `${method} ${url}`;
        durations.observe({ route, status: `${Math.floor(statusCode / 100)}xx` }, elapsedTime / 1000);
        if (REFUSAL_STATUSES.includes(statusCode)) refusals.inc({ status: statusCode });
        if (route === UPLOAD_ROUTE) uploads.inc({ result: classifyUpload(statusCode) });
        await Promise.resolve();
      });
    },
    countUploadedBytes: (bytes) => {
      uploaded.inc(bytes);
    },
  };
}

function classifyUpload(status: number): 'accepted' | 'refused' | 'failed' {
  if (status < 400) return 'accepted';
  return status < 500 ? 'refused' : 'failed';
}

function createCleanupMetrics(registry: Registry): Pick<GatewayMetrics, 'countCleanup'> {
  const registers = [registry];
  const removals = new Counter({
    name: 'signing_gateway_swept_uploads_total',
    help: 'Uploads removed because no signing uses them',
    registers,
  });
  const failures = new Counter({
    name: 'signing_gateway_sweep_failures_total',
    help: 'Cleanups of the uploads that failed',
    registers,
  });
  const lastSuccess = new Gauge({
    name: 'signing_gateway_last_sweep_timestamp_seconds',
    help: 'When a cleanup of the uploads last succeeded, in seconds since 1970; 0 if none has',
    registers,
  });
  return {
    countCleanup: (removed) => {
      if (removed === undefined) {
        failures.inc();
      } else {
        removals.inc(removed);
        lastSuccess.setToCurrentTime();
      }
    },
  };
}

/** Reads the disk on each scrape; NaN if the disk cannot be read. */
function registerDiskGauges(registry: Registry, area: UploadArea): void {
  const readDisk = async () =>
    statfs(getUploadFolder(area)).catch(() => ({ bsize: NaN, bavail: 0, blocks: 0 }));
  new Gauge({
    name: 'signing_gateway_upload_disk_free_bytes',
    help: 'Free bytes on the disk of the uploads',
    registers: [registry],
    async collect() {
      const { bsize, bavail } = await readDisk();
      this.set(bsize * bavail);
    },
  });
  new Gauge({
    name: 'signing_gateway_upload_disk_size_bytes',
    help: 'Size of the disk of the uploads',
    registers: [registry],
    async collect() {
      const { bsize, blocks } = await readDisk();
      this.set(bsize * blocks);
    },
  });
}
