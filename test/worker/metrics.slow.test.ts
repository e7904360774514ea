import { statSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../../scripts/processes/ports.js';
import { OPEN_STATES } from '../../src/domain/status.js';
import { UNCLAIMED } from '../../src/worker/workflow-lookup.js';
import { waitUntil } from '../support/async-helpers.js';
import { type Sample, scrape, sumSamples } from '../support/exposition.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';

const STATES = [UNCLAIMED, ...OPEN_STATES];

const createEnvironment = useRealEnvironments();

const CALLS = 'signing_api_call_duration_seconds_count';

async function withMetrics(environment: RealEnvironment): Promise<() => Promise<Sample[]>> {
  const address = `127.0.0.1:${await findFreePort()}`;
  await environment.startWorker({ SIGNING_METRICS_ADDRESS: address });
  return () => scrape(address);
}

describe('The metrics of a worker', () => {
  it('count every call with its status, uploaded bytes, fresh URLs, attention and the end', async () => {
    const environment = await createEnvironment();
    const { fake, root, start, taskQueue } = environment;
    fake.faults.add({ call: 'upload-url', status: 500 });
    fake.faults.add({ call: 'upload', status: 403, document: 'contract.pdf' });
    fake.faults.add({ call: 'attach', status: 422 });
    fake.faults.add({ call: 'list', reset: 'before' });
    const metrics = await withMetrics(environment);
    const signing = await start();
    await signing.untilState('needs-attention');
    await signing.resolve({ action: 'retry' });
    await signing.signAll();
    await signing.result();

    const samples = await metrics();
    const calls = (call: string, status: string): number =>
      sumSamples(samples, CALLS, { call, status, task_queue: taskQueue });
    expect(calls('initiate', '200') + calls('initiate', '201')).toBe(1);
    expect(calls('request upload URL', '500')).toBe(1);
    expect(calls('upload', '403')).toBe(1);
    expect(calls('attach', '422')).toBe(1);
    expect(calls('list documents', 'no-answer')).toBe(1);
    const bytes = ['contract.pdf', 'terms.pdf'].map((name) => statSync(join(root, name)).size);
    expect(sumSamples(samples, 'signing_uploaded_bytes_total', { task_queue: taskQueue })).toBe(
      bytes.reduce((sum, size) => sum + size),
    );
    const onThisQueue = { task_queue: taskQueue };
    const count = (name: string, labels: Sample['labels']): number =>
      sumSamples(samples, name, { ...onThisQueue, ...labels });
    expect(count('signing_upload_url_refreshes_total', { reason: 'UploadUrlRejected' })).toBe(1);
    expect(count('signing_attentions_total', { step: 'attach' })).toBe(1);
    expect(count('signing_sessions_ended_total', { outcome: 'completed' })).toBe(1);
  });

  it('count a request at fault as rejected, and a call to an unreachable vendor as not sent', async () => {
    const environment = await createEnvironment();
    const metrics = await withMetrics(environment);
    const rejected = await environment.start({ documents: [] });
    await expect(rejected.result()).rejects.toThrow();
    await environment.fake.close();
    await environment.start();
    await waitUntil('a call was not sent', async () => {
      return sumSamples(await metrics(), CALLS, { call: 'initiate', status: 'not-sent' }) > 0;
    });
    expect(sumSamples(await metrics(), 'signing_sessions_ended_total', { outcome: 'rejected' })).toBe(1);
  });

  it('show the open signings of the task queue by state, whichever worker runs them, and no ended ones', async () => {
    const environment = await createEnvironment();
    const { fake, start, startWorker, taskQueue } = environment;
    await startWorker();
    fake.faults.add({ call: 'upload-url', status: 403 });
    const parked = await start();
    await parked.untilState('needs-attention');
    const waiting = await start();
    await waiting.untilState('awaiting-handover');
    const ended = await start();
    await ended.handle.cancel();
    await ended.result();

    const metrics = await withMetrics(environment);
    const shown = (samples: readonly Sample[], state: string): number =>
      sumSamples(samples, 'signing_sessions', { state, task_queue: taskQueue, namespace: 'default' });
    await waitUntil('the signings have been counted', async () => {
      return sumSamples(await metrics(), 'signing_sessions_looked_at_timestamp_seconds') > 0;
    });
    const samples = await metrics();
    const counts = Object.fromEntries(STATES.map((state) => [state, shown(samples, state)]));
    const none = Object.fromEntries(STATES.map((state) => [state, 0]));
    expect(counts).toEqual({ ...none, 'needs-attention': 1, 'awaiting-handover': 1 });
    const ages = samples.filter(({ name }) => name === 'signing_oldest_session_age_seconds');
    expect(ages.map(({ labels }) => labels['state']).sort()).toEqual(STATES.sort());
    expect(
      ages.filter(({ labels, value }) => shown(samples, labels['state'] ?? '') === 0 && value > 0),
    ).toEqual([]);

    await parked.resolve({ action: 'abort', reason: 'a test' });
    await parked.result();
    await waitUntil('the next count shows that no attention is needed any more', async () => {
      return shown(await metrics(), 'needs-attention') === 0;
    });
  }, 150_000);
});
