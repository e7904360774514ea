import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { waitUntil } from '../../support/async-helpers.js';
import { API_KEY, type RealEnvironment, useRealEnvironments } from '../../support/real-environment.js';
import { runCli } from '../../support/run-cli.js';
import {
  PARTICIPANT,
  type Signing,
  createRequest,
  sendCheckNow,
  trackSigning,
  workflowIdOf,
} from '../../support/signing.js';
import {
  type CollectedSpan,
  type TraceCollector,
  startTraceCollector,
} from '../../support/trace-collector.js';

const createEnvironment = useRealEnvironments();
let collector: TraceCollector;
beforeEach(async () => {
  collector = await startTraceCollector();
});
afterEach(() => collector.close());

const tracingEnv = (): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_BSP_SCHEDULE_DELAY: '200',
});

/** Starts a signing by the command line, in a separate process. */
async function startByCli(environment: RealEnvironment, env: Record<string, string>): Promise<Signing> {
  const { fake, root, client } = environment;
  const requestId = `test-${randomUUID()}`;
  const file = join(root, 'request.json');
  await writeFile(file, JSON.stringify(createRequest(requestId)));
  const result = await runCli(['start', file], { cwd: root, env: { ...environment.env, ...env } });
  expect(result).toMatchObject({ code: 0 });
  const handle = client.workflow.getHandle(workflowIdOf(requestId, environment.taskQueue));
  const triggerPoll = (): Promise<void> => sendCheckNow(handle);
  return trackSigning({
    fake,
    handle,
    requestId,
    pause: () => new Promise((done) => setTimeout(done, 100)),
    triggerPoll,
  });
}

const findSpans = (name: string): CollectedSpan[] => collector.spans().filter((span) => span.name === name);

/** The names of the spans above this one, up to the first of the trace. */
function findAncestors({ traceId, parentSpanId }: CollectedSpan): string[] {
  if (parentSpanId === undefined) return [];
  const above = collector.spans().find((span) => span.traceId === traceId && span.spanId === parentSpanId);
  return above === undefined ? ['lost'] : [above.name, ...findAncestors(above)];
}

describe('A trace', () => {
  it('leads from the start in another process over the activities of a worker to every call', async () => {
    const environment = await createEnvironment();
    environment.fake.faults.add({ call: 'upload-url', status: 500 });
    const worker = await environment.startWorker(tracingEnv());
    const signing = await startByCli(environment, tracingEnv());
    await signing.signAll();
    await signing.result();
    worker.kill('SIGTERM');
    await worker.exited;

    const calls = {
      'flexperto initiate': 'initiateSession',
      'flexperto request upload URL': 'requestUploadUrl',
      'flexperto upload': 'uploadDocument',
      'flexperto attach': 'attachDocument',
    };
    for (const [call, activity] of Object.entries(calls)) {
      expect(findSpans(call).length).toBeGreaterThan(0);
      for (const span of findSpans(call))
        expect(findAncestors(span)).toEqual([activity, 'start signingSession']);
    }
    expect(findSpans('start signingSession')).toMatchObject([{ service: 'flexperto-signing-cli' }]);
    for (const span of findSpans('initiateSession')) expect(span.service).toBe('flexperto-signing-worker');
    expect(findSpans('flexperto request upload URL').map(({ failed }) => failed)).toEqual([true, false]);
    expect(
      findSpans('requestUploadUrl').map(({ failed, attributes }) => [failed, attributes['error.type']]),
    ).toEqual([
      [true, 'OutcomeUnknown'],
      [false, undefined],
    ]);
  });

  it('does not grow with every poll: each poll has a separate trace, which links to the start', async () => {
    const environment = await createEnvironment();
    await environment.startWorker(tracingEnv());
    const signing = await startByCli(environment, tracingEnv());
    await signing.untilState('awaiting-handover');
    await waitUntil('a poll was traced', () => findSpans('flexperto list documents').length > 0);
    const [start] = findSpans('start signingSession');
    const polls = findSpans('pollDocuments');
    expect(new Set(polls.map(({ links }) => links[0]?.spanId))).toEqual(new Set([start?.spanId]));
    expect(polls.filter(({ traceId }) => traceId === start?.traceId)).toEqual([]);
    expect(polls.filter(({ failed }) => failed)).toEqual([]);
  });

  it('names neither participant nor document, address, key or token', async () => {
    const environment = await createEnvironment();
    environment.fake.faults.add({
      call: 'attach',
      status: 422,
      body: { message: `no ${PARTICIPANT.lastname}` },
    });
    const worker = await environment.startWorker(tracingEnv());
    const signing = await startByCli(environment, tracingEnv());
    const { attention } = await signing.untilState('needs-attention');
    const attentionOptions = ['--attention-id', attention?.id ?? ''];
    const resolved = await runCli(
      ['resolve', signing.requestId, 'abort', ...attentionOptions, '--reason', 'a test'],
      {
        cwd: environment.root,
        env: { ...environment.env, ...tracingEnv() },
      },
    );
    expect(resolved).toMatchObject({ code: 0 });
    worker.kill('SIGTERM');
    await worker.exited;
    expect(findSpans('update resolve')).toHaveLength(1);
    expect(findSpans('flexperto attach')).toMatchObject([{ failed: true }]);
    const secrets = [
      ...Object.values(PARTICIPANT),
      'contract.pdf',
      'eyJ',
      API_KEY,
      environment.fake.url,
      'a test',
    ];
    expect(secrets.filter((secret) => collector.raw().includes(secret))).toEqual([]);
  });

  it('is not exported without a collector, even by a worker that runs a signing whose start was traced', async () => {
    const environment = await createEnvironment();
    const worker = await environment.startWorker();
    const signing = await startByCli(environment, tracingEnv());
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed' });
    expect(collector.spans().map(({ name }) => name)).toEqual(['start signingSession']);
    expect(worker.output()).not.toContain('"level":"error"');
  });

  it('does no harm if the collector is unreachable', async () => {
    const environment = await createEnvironment();
    const worker = await environment.startWorker({
      ...tracingEnv(),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    });
    const signing = await startByCli(environment, {
      ...tracingEnv(),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    });
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed' });
    worker.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
  });
});

it('Without a collector no code of OpenTelemetry is loaded', async () => {
  const environment = await createEnvironment();
  const list = "process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')))";
  const preload = `data:text/javascript,import { createRequire } from 'node:module'; const require = createRequire('${resolve('dist')}/'); ${list}`;
  const loaded = async (env: Record<string, string>): Promise<string> => {
    const result = await runCli(['list'], {
      cwd: environment.root,
      env: { ...environment.env, ...env, NODE_OPTIONS: `--import "${preload}"` },
    });
    return result.stderr;
  };
  expect(await loaded(tracingEnv())).toContain('@opentelemetry');
  const off = await loaded({});
  expect(off).toContain('@temporalio');
  expect(off).not.toContain('@opentelemetry');
});

it('The workflow bundles hold no code of OpenTelemetry', () => {
  for (const bundle of ['workflow-bundle.js', 'workflow-bundle-encrypting.js'])
    expect(readFileSync(resolve('dist', bundle), 'utf8')).not.toContain('@opentelemetry');
});
