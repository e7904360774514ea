import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RequestConflictError, SigningNotFoundError, createSigningClient } from '../../src/client/index.js';
import { removeUnusedUploads } from '../../src/gateway/uploads/cleanup.js';
import { captureRejection, waitUntil } from '../support/async-helpers.js';
import type { GatewayProcess } from '../support/program-process.js';
import { REQUEST } from '../support/requests.js';
import { runCli } from '../support/run-cli.js';
import { createRequest, workflowIdOf } from '../support/signing.js';
import {
  type GatewayEnvironment,
  type HttpResponse,
  callAt,
  createGatewayEnvironment,
  problem,
} from './gateway-environment.js';
import { uploadContract } from './uploads/multipart.js';

/** With a slash, which could make the ids of two queues look alike. */
const OTHER_TASK_QUEUE = 'bank/Leasing';

let environment: GatewayEnvironment;
let otherGateway: GatewayProcess;
beforeAll(async () => {
  environment = await createGatewayEnvironment();
  const env = { SIGNING_TASK_QUEUE: OTHER_TASK_QUEUE };
  [otherGateway] = await Promise.all([
    environment.startGateway(env),
    environment.startWorker(),
    environment.startWorker(env),
  ]);
});
afterAll(() => environment.close());

const callOther = (method: string, path: string, body?: unknown): Promise<HttpResponse> =>
  callAt(otherGateway.url, method, path, body === undefined ? {} : { body });
const readRequestIds = ({ body }: HttpResponse): string[] =>
  (body as { signings: { requestId: string }[] }).signings.map(({ requestId }) => requestId);

describe('A signing of another task queue', () => {
  let requestId: string;
  let missing: unknown;
  beforeAll(async () => {
    ({ requestId } = await environment.startSigningUntil('awaiting-handover'));
    missing = problem(404, 'not-found', { detail: `There is no signing with the requestId ${requestId}.` });
  });

  it('does not exist for a gateway', async () => {
    const path = `/signings/${requestId}`;
    expect(await callOther('GET', path)).toEqual(missing);
    expect(await callOther('GET', `${path}/events`)).toEqual(missing);
    for (const act of ['check', 'cancel']) expect(await callOther('POST', `${path}/${act}`)).toEqual(missing);
    expect(
      await callOther('POST', `${path}/resolve`, { attentionId: 'initiate-1', action: 'retry' }),
    ).toEqual(missing);
    expect(await callOther('POST', `${path}/outcome`, { outcome: 'completed' })).toEqual(missing);
    expect((await environment.call('GET', path)).body).toMatchObject({ state: 'awaiting-handover' });
  });

  it('is only in the list of its task queue', async () => {
    const own = REQUEST.requestId;
    expect(await callOther('POST', '/signings', REQUEST)).toMatchObject({ status: 201 });
    await waitUntil('each list has its signing', async () => {
      const [mine, others] = [
        await environment.call('GET', '/signings'),
        await callOther('GET', '/signings'),
      ];
      return readRequestIds(mine).includes(requestId) && readRequestIds(others).includes(own);
    });
    expect(readRequestIds(await environment.call('GET', '/signings'))).not.toContain(own);
    expect(readRequestIds(await callOther('GET', '/signings'))).toEqual([own]);
    expect(readRequestIds(await callOther('GET', `/signings?employeeId=${REQUEST.employeeId}`))).toEqual([
      own,
    ]);
  });

  it('does not exist for the client library', async () => {
    const signings = createSigningClient(environment.client, OTHER_TASK_QUEUE);
    for (const ask of [
      signings.status(requestId),
      signings.wait(requestId),
      signings.check(requestId),
      signings.resolve(requestId, { attentionId: 'initiate-1', action: 'retry' }),
      signings.recordOutcome(requestId, { outcome: 'completed' }),
      signings.cancel(requestId),
      signings.audit(requestId),
      signings.employeeOf(requestId),
    ])
      expect(await captureRejection(ask)).toBeInstanceOf(SigningNotFoundError);
    expect((await signings.list()).map((one) => one.requestId)).not.toContain(requestId);
  });

  it('does not exist for the command line', async () => {
    const env = { ...environment.env, SIGNING_TASK_QUEUE: OTHER_TASK_QUEUE };
    const answer = await runCli(['status', requestId], { cwd: environment.root, env });
    expect(answer).toMatchObject({
      code: 4,
      stderr: `There is no signing with the requestId ${requestId}.\n`,
    });
  });
});

describe('Two tenants', () => {
  it('use the same requestId without a conflict', async () => {
    const requestId = `crm-${randomUUID()}`;
    const body = { ...REQUEST, requestId };
    const mine = await environment.call('POST', '/signings', { body });
    const others = await callOther('POST', '/signings', { ...body, name: 'Another content' });
    expect([mine.status, others.status]).toEqual([201, 201]);
    expect(others.body).toMatchObject({ workflowId: `signing/bank%2FLeasing/${requestId}` });
    expect(await callOther('POST', '/signings', body)).toEqual(problem(409, 'conflict'));
    expect(await callOther('POST', `/signings/${requestId}/cancel`)).toMatchObject({ status: 202 });
    expect((await environment.waitForState(requestId, 'awaiting-handover')).name).toBe(REQUEST.name);
  });

  it('start signings that only their own worker runs', async () => {
    const requestId = `crm-${randomUUID()}`;
    expect(await callOther('POST', '/signings', { ...REQUEST, requestId })).toMatchObject({ status: 201 });
    await waitUntil('it waits', async () => {
      const { body } = await callOther('GET', `/signings/${requestId}`);
      return (body as { state: string }).state === 'awaiting-handover';
    });
    const audit = await createSigningClient(environment.client, OTHER_TASK_QUEUE).audit(requestId);
    expect(audit).toMatchObject({ requestId, workflowId: `signing/bank%2FLeasing/${requestId}` });
  });

  it('are separate even if a workflow has the id of the other queue', async () => {
    const requestId = `crm-${randomUUID()}`;
    const workflowId = workflowIdOf(requestId, 'signing');
    const args = [createRequest(requestId)];
    const handle = await environment.client.workflow.start('signingSession', {
      taskQueue: 'nobody-is-here',
      workflowId,
      args,
    });
    expect(await environment.call('GET', `/signings/${requestId}`)).toEqual(problem(404, 'not-found'));
    const start = createSigningClient(environment.client).start(createRequest(requestId));
    expect(await captureRejection(start)).toBeInstanceOf(RequestConflictError);
    await handle.terminate();
  });

  it('remove only their own uploads on a shared document root', async () => {
    const [mine, others] = [
      await uploadContract(environment.gateway.url),
      await uploadContract(otherGateway.url),
    ];
    expect(others).toMatch(/^file:uploads\/default\/bank%2f%4ceasing\/[0-9a-f-]{36}\/contract\.pdf$/);
    const pathOf = (source: string): string => join(environment.root, source.slice('file:'.length));
    const then = new Date(Date.now() - 48 * 60 * 60_000);
    for (const source of [mine, others]) await utimes(resolve(pathOf(source), '..'), then, then);
    const nothing = () => Promise.resolve(new Set<string>());
    const area = { root: environment.root, namespace: 'default', taskQueue: OTHER_TASK_QUEUE };
    expect(await removeUnusedUploads({ area, listActiveSources: nothing })).toBe(1);
    expect([existsSync(pathOf(mine)), existsSync(pathOf(others))]).toEqual([true, false]);
  });
});
