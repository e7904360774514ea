import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sweepUploads } from '../../src/gateway/documents/sweep.js';
import { createSigningClient, RequestConflictError, SigningNotFoundError } from '../../src/starter/index.js';
import { runCli } from '../cli/cli.js';
import type { GatewayProcess } from '../support/gateway-process.js';
import { eventually, rejection } from '../support/outcomes.js';
import { REQUEST } from '../support/requests.js';
import { requestFor, workflowIdOf } from '../support/signing.js';
import { callAt, createGatewayWorld, problem, type Answer, type GatewayWorld } from './gateway-world.js';
import { uploadContract } from './multipart.js';

/** With a slash, by which the ids of two queues could be made to look alike. */
const OTHER = 'bank/Leasing';

let world: GatewayWorld;
let other: GatewayProcess;
beforeAll(async () => {
  world = await createGatewayWorld();
  const env = { SIGNING_TASK_QUEUE: OTHER };
  [other] = await Promise.all([world.startGateway(env), world.startWorker(), world.startWorker(env)]);
});
afterAll(() => world.close());

const ofOther = (method: string, path: string, body?: unknown): Promise<Answer> =>
  callAt(other.url, method, path, body === undefined ? {} : { body });
const idsIn = ({ body }: Answer): string[] =>
  (body as { signings: { requestId: string }[] }).signings.map(({ requestId }) => requestId);

describe('The session of another task queue', () => {
  let requestId: string;
  let missing: unknown;
  beforeAll(async () => {
    ({ requestId } = await world.signingIn('awaiting-handover'));
    missing = problem(404, 'not-found', { detail: `There is no signing with the requestId ${requestId}.` });
  });

  it('is not there for a gateway', async () => {
    const path = `/signings/${requestId}`;
    expect(await ofOther('GET', path)).toEqual(missing);
    expect(await ofOther('GET', `${path}/events`)).toEqual(missing);
    for (const act of ['check', 'cancel']) expect(await ofOther('POST', `${path}/${act}`)).toEqual(missing);
    expect(await ofOther('POST', `${path}/resolve`, { attentionId: 'initiate-1', action: 'retry' })).toEqual(
      missing,
    );
    expect(await ofOther('POST', `${path}/outcome`, { outcome: 'completed' })).toEqual(missing);
    expect((await world.call('GET', path)).body).toMatchObject({ state: 'awaiting-handover' });
  });

  it('is in no list but its own', async () => {
    const own = REQUEST.requestId;
    expect(await ofOther('POST', '/signings', REQUEST)).toMatchObject({ status: 201 });
    await eventually('each list has its session', async () => {
      const [mine, others] = [await world.call('GET', '/signings'), await ofOther('GET', '/signings')];
      return idsIn(mine).includes(requestId) && idsIn(others).includes(own);
    });
    expect(idsIn(await world.call('GET', '/signings'))).not.toContain(own);
    expect(idsIn(await ofOther('GET', '/signings'))).toEqual([own]);
    expect(idsIn(await ofOther('GET', `/signings?employeeId=${REQUEST.employeeId}`))).toEqual([own]);
  });

  it('is not there for the client library', async () => {
    const signings = createSigningClient(world.client, OTHER);
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
      expect(await rejection(ask)).toBeInstanceOf(SigningNotFoundError);
    expect((await signings.list()).map((one) => one.requestId)).not.toContain(requestId);
  });

  it('is not there for the command line', async () => {
    const env = { ...world.env, SIGNING_TASK_QUEUE: OTHER };
    const answer = await runCli(['status', requestId], { cwd: world.root, env });
    expect(answer).toMatchObject({
      code: 4,
      stderr: `There is no signing with the requestId ${requestId}.\n`,
    });
  });
});

describe('Two tenants', () => {
  it('use the same requestId without meeting', async () => {
    const requestId = `crm-${randomUUID()}`;
    const body = { ...REQUEST, requestId };
    const mine = await world.call('POST', '/signings', { body });
    const others = await ofOther('POST', '/signings', { ...body, name: 'Another content' });
    expect([mine.status, others.status]).toEqual([201, 201]);
    expect(others.body).toMatchObject({ workflowId: `signing/bank%2FLeasing/${requestId}` });
    expect(await ofOther('POST', '/signings', body)).toEqual(problem(409, 'conflict'));
    expect(await ofOther('POST', `/signings/${requestId}/cancel`)).toMatchObject({ status: 202 });
    expect((await world.untilState(requestId, 'awaiting-handover')).name).toBe(REQUEST.name);
  });

  it('start a session that their own worker carries out', async () => {
    const requestId = `crm-${randomUUID()}`;
    expect(await ofOther('POST', '/signings', { ...REQUEST, requestId })).toMatchObject({ status: 201 });
    await eventually('it waits', async () => {
      const { body } = await ofOther('GET', `/signings/${requestId}`);
      return (body as { state: string }).state === 'awaiting-handover';
    });
    const audit = await createSigningClient(world.client, OTHER).audit(requestId);
    expect(audit).toMatchObject({ requestId, workflowId: `signing/bank%2FLeasing/${requestId}` });
  });

  it('are told apart also where a session runs under the other queue’s id', async () => {
    const requestId = `crm-${randomUUID()}`;
    const workflowId = workflowIdOf(requestId, 'signing');
    const args = [requestFor(requestId)];
    const handle = await world.client.workflow.start('signingSession', {
      taskQueue: 'nobody-is-here',
      workflowId,
      args,
    });
    expect(await world.call('GET', `/signings/${requestId}`)).toEqual(problem(404, 'not-found'));
    const start = createSigningClient(world.client).start(requestFor(requestId));
    expect(await rejection(start)).toBeInstanceOf(RequestConflictError);
    await handle.terminate();
  });

  it('sweep their own uploads alone, on one document root', async () => {
    const [mine, others] = [await uploadContract(world.gateway.url), await uploadContract(other.url)];
    expect(others).toMatch(/^file:uploads\/default\/bank%2f%4ceasing\/[0-9a-f-]{36}\/contract\.pdf$/);
    const pathOf = (source: string): string => join(world.root, source.slice('file:'.length));
    const then = new Date(Date.now() - 48 * 60 * 60_000);
    for (const source of [mine, others]) await utimes(resolve(pathOf(source), '..'), then, then);
    const nothing = () => Promise.resolve(new Set<string>());
    const area = { root: world.root, namespace: 'default', taskQueue: OTHER };
    expect(await sweepUploads({ area, sourcesInUse: nothing })).toBe(1);
    expect([existsSync(pathOf(mine)), existsSync(pathOf(others))]).toEqual([true, false]);
  });
});
