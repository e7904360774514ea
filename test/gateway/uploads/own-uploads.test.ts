import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REQUEST } from '../../support/requests.js';
import { type IdentityProvider, startIdentityProvider } from '../auth/identity-provider.js';
import {
  type GatewayEnvironment,
  type HttpResponse,
  KEY,
  callAt,
  createGatewayEnvironment,
  problem,
} from '../gateway-environment.js';
import { uploadContract } from './multipart.js';

let provider: IdentityProvider;
let environment: GatewayEnvironment;
beforeAll(async () => {
  provider = await startIdentityProvider();
  environment = await createGatewayEnvironment(provider.env);
  await environment.startWorker();
});
afterAll(async () => {
  await environment.close();
  await provider.close();
});

const tokenOf = (employeeId: string): string => provider.token({ employeeId });
const upload = (key: string): Promise<string> => uploadContract(environment.gateway.url, key);
const createRequest = (employeeId: string, ...sources: string[]) => ({
  ...REQUEST,
  requestId: `crm-${randomUUID()}`,
  employeeId,
  documents: sources.map((source, index) => ({ source, name: `${index}.pdf` })),
});
const start = (key: string, body: unknown): Promise<HttpResponse> =>
  environment.call('POST', '/signings', { key, body });

describe('An employee with a token', () => {
  it('sends the own uploads', async () => {
    const key = tokenOf('45');
    const body = createRequest('45', await upload(key), await upload(key));
    expect(await start(key, body)).toMatchObject({ status: 201 });
    await environment.waitForState(body.requestId, 'awaiting-handover');
  });

  it('cannot send other documents, and does not learn whether they exist', async () => {
    const key = tokenOf('45');
    const own = await upload(key);
    const path = own.slice('file:'.length);
    const sources = [
      'file:contract.pdf',
      'file:missing.pdf',
      await upload(tokenOf('46')),
      await upload(KEY),
      own.replace('contract.pdf', '../contract.pdf'),
      own.replace('/contract.pdf', '/../../contract.pdf'),
      `file:./${path}`,
      `file:uploads/../${path}`,
      own.replace('/signing/', '/another/'),
      `https://docs.bank.example/${path}`,
    ];
    expect(existsSync(join(environment.root, path))).toBe(true);
    for (const source of sources) {
      const detail = 'must be a document that the owner of the token has uploaded';
      const errors = [{ pointer: '/documents/1/source', detail }];
      const body = createRequest('45', own, source);
      const answer = await start(key, body);
      expect(answer).toEqual(
        problem(403, 'forbidden', { errors, detail: `${errors[0]?.pointer} ${detail}.` }),
      );
      expect(await environment.call('GET', `/signings/${body.requestId}`)).toMatchObject({ status: 404 });
    }
  });

  it('gets the same errors for an invalid request as a caller with a key', async () => {
    const key = tokenOf('45');
    const body = { ...createRequest('45', await upload(key)), name: '' };
    expect(await start(key, body)).toEqual(problem(400, 'invalid-request'));
  });
});

it('A system with a key sends any document below the root, including employees’ uploads', async () => {
  const body = createRequest('46', 'file:contract.pdf', await upload(tokenOf('45')));
  expect(await start(KEY, body)).toMatchObject({ status: 201 });
});

describe('A requestId that another employee uses', () => {
  it('is rejected without data of that signing; its owner gets the usual responses', async () => {
    const [mine, other] = [tokenOf('51'), tokenOf('52')];
    const body = createRequest('51', await upload(mine));
    expect(await start(mine, body)).toMatchObject({ status: 201 });
    const refused = problem(403, 'forbidden', {
      detail: 'The owner of the token cannot start a signing under this requestId.',
    });
    const again = { ...body, employeeId: '52', documents: [{ source: await upload(other) }] };
    expect(await start(other, again)).toEqual(refused);
    expect(await start(mine, { ...body, name: 'Another name' })).toEqual(problem(409, 'conflict'));
    expect(await start(mine, body)).toMatchObject({ status: 200 });
    expect(await start(KEY, { ...again, documents: [{ source: 'file:contract.pdf' }] })).toEqual(
      problem(409, 'conflict'),
    );
  });

  it('cannot be guessed by many attempts: each attempt counts as a start within the hour', async () => {
    const gateway = await environment.startGateway({ SIGNING_STARTS_PER_HOUR: '1' });
    const [mine, other] = [tokenOf('53'), tokenOf('54')];
    const used = [createRequest('53', await upload(mine)), createRequest('53', await upload(mine))];
    for (const body of used) await start(mine, body);
    const source = await upload(other);
    const statuses: number[] = [];
    for (const { requestId } of [...used, createRequest('54')]) {
      const body = { ...createRequest('54', source), requestId };
      statuses.push((await callAt(gateway.url, 'POST', '/signings', { key: other, body })).status);
    }
    expect(statuses).toEqual([403, 429, 429]);
  });
});
