import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Fault, LedgerEntry } from '../../fake-flexperto/index.js';
import type { BuiltImage } from '../../scripts/image/build.js';
import type { Podman } from '../../scripts/image/podman.js';
import { hashGatewayKey } from '../../scripts/processes/program.js';
import { findTemporalCli } from '../../scripts/processes/temporal-server.js';
import { waitUntil } from '../support/async-helpers.js';
import { generatePayloadKey } from '../support/encrypted-client.js';
import { type Container, type Containers, createContainers } from './containers.js';

/** As docs/security.md recommends: nothing is writable but what is mounted, not even /tmp. */
const HARDENED = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--memory=1g',
];
const HAND_OVER = 'POST /api/v2/collaboration/contracts/contracts/sessions/{sessionId}/handover';
const GATEWAY_KEY = randomUUID();
const API_KEY = randomUUID();
const PAYLOAD_KEYS = `test:${generatePayloadKey()}`;

const temporalVariables = { TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_NAMESPACE: 'default' };
const programVariables = {
  ...temporalVariables,
  SIGNING_DOCUMENT_ROOT: '/documents',
  SIGNING_PAYLOAD_KEYS: PAYLOAD_KEYS,
};

/** A signing, as the gateway describes it. */
export interface SigningView {
  readonly state: string;
  readonly sessionId: number | null;
}

/** Worker, gateway and fake vendor from the image, and a Temporal server. */
export interface Deployment {
  readonly temporal: Container;
  readonly fake: Container;
  readonly gateway: Container;
  /** The newest worker. */
  worker(): Container;
  startWorker(): Promise<void>;
  /** The folder of the documents on this machine. */
  documentFolder(): Promise<string>;
  /** Sends a PDF of examples/ to the gateway, and returns its source. */
  upload(file: string): Promise<string>;
  /** Starts a signing of these sources, and returns its request id. */
  startSigning(sources: readonly string[]): Promise<string>;
  untilState(requestId: string, state: string): Promise<SigningView>;
  /** Waits until a signing has ended because its request was invalid, and returns the reason. */
  untilRejected(requestId: string): Promise<string>;
  sign(sessionId: number | null): Promise<void>;
  addFault(fault: Fault): Promise<void>;
  ledger(): Promise<readonly LedgerEntry[]>;
  remove(): Promise<void>;
}

export async function startDeployment(
  podman: Podman,
  { name: image, base }: BuiltImage,
): Promise<Deployment> {
  const containers = await createContainers(podman);
  try {
    return await startIn(containers, image, base.name);
  } catch (error) {
    await containers.remove();
    throw error;
  }
}

async function startIn(containers: Containers, image: string, base: string): Promise<Deployment> {
  const documents = await containers.createVolume('documents');
  const [temporal, fake] = [await startTemporal(containers, base), await startFake(containers, image)];
  await waitUntil('Temporal serves', async () => {
    const { code } = await temporal.shell('temporal operator cluster health');
    return code === 0;
  });
  const gateway = await startGateway(containers, image, documents.name);
  const [gatewayUrl, fakeUrl] = [await gateway.url(8080), await fake.url(4010)];
  await gateway.waitForLog('"gateway ready"');
  let worker = await startWorker(containers, image, documents.name);
  return {
    temporal,
    fake,
    gateway,
    worker: () => worker,
    startWorker: async () => {
      worker = await startWorker(containers, image, documents.name);
    },
    documentFolder: documents.folder,
    ...createGatewayClient(gatewayUrl),
    ...createFakeClient(fakeUrl),
    remove: () => containers.remove(),
  };
}

/** The dev server of this machine's Temporal CLI. It is no part of the image, so it is not confined like one. */
async function startTemporal(containers: Containers, base: string): Promise<Container> {
  const program = await findTemporalCli();
  return containers.start('temporal', {
    image: base,
    command: ['temporal', 'server', 'start-dev', '--headless', '--ip', '0.0.0.0', '--log-level', 'error'],
    options: ['--volume', `${program}:/usr/local/bin/temporal:ro`],
  });
}

function startFake(containers: Containers, image: string): Promise<Container> {
  return containers.start('fake-flexperto', {
    image,
    command: ['node', 'dist/fake-flexperto/main.js'],
    variables: {
      FAKE_FLEXPERTO_HOST: '0.0.0.0',
      FAKE_FLEXPERTO_PUBLIC_UPLOAD_URL: 'http://fake-flexperto:4011',
      FAKE_FLEXPERTO_API_KEY: API_KEY,
      FAKE_FLEXPERTO_HANDOVER: HAND_OVER,
    },
    options: [...HARDENED, '--no-healthcheck', '--publish', '127.0.0.1::4010'],
  });
}

function startGateway(containers: Containers, image: string, documents: string): Promise<Container> {
  return containers.start('gateway', {
    image,
    command: ['node', 'dist/src/gateway.js'],
    variables: {
      ...programVariables,
      SIGNING_GATEWAY_ADDRESS: '0.0.0.0:8080',
      SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', GATEWAY_KEY),
    },
    options: [
      ...HARDENED,
      '--no-healthcheck',
      '--publish',
      '127.0.0.1::8080',
      '--volume',
      `${documents}:/documents`,
    ],
  });
}

async function startWorker(containers: Containers, image: string, documents: string): Promise<Container> {
  const worker = await containers.start('worker', {
    image,
    variables: {
      ...programVariables,
      FLEXPERTO_BASE_URL: 'http://fake-flexperto:4010',
      FLEXPERTO_API_KEY: API_KEY,
      FLEXPERTO_ALLOW_HTTP: 'true',
      FLEXPERTO_HANDOVER: HAND_OVER,
      SIGNING_POLL_SECONDS: '1',
    },
    options: [...HARDENED, '--volume', `${documents}:/documents:ro`],
  });
  await worker.waitForLog('"worker ready"');
  return worker;
}

type GatewayClient = Pick<Deployment, 'upload' | 'startSigning' | 'untilState' | 'untilRejected'>;

function createGatewayClient(url: string): GatewayClient {
  const call = (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { authorization: `Bearer ${GATEWAY_KEY}`, ...(init.headers as Record<string, string>) };
    return fetch(`${url}${path}`, { ...init, headers });
  };
  return {
    upload: async (file) => {
      const form = new FormData();
      form.append('file', new Blob([await readFile(resolve(file))]), basename(file));
      const upload = await readJson(await call('/documents', { method: 'POST', body: form }));
      return (upload as { readonly source: string }).source;
    },
    startSigning: async (sources) => {
      const example = JSON.parse(await readFile(resolve('examples/request.json'), 'utf8')) as object;
      const requestId = `image-${randomUUID()}`;
      const body = JSON.stringify({
        ...example,
        requestId,
        documents: sources.map((source) => ({ source })),
      });
      const headers = { 'content-type': 'application/json' };
      await readJson(await call('/signings', { method: 'POST', body, headers }));
      return requestId;
    },
    untilState: async (requestId, state) => {
      let last: SigningView = { state: 'unknown', sessionId: null };
      await waitUntil(`the signing is ${state}`, async () => {
        last = (await readJson(await call(`/signings/${requestId}`))) as SigningView;
        return last.state === state;
      });
      return last;
    },
    untilRejected: async (requestId) => {
      let reason = '';
      await waitUntil('the signing is rejected', async () => {
        const response = await call(`/signings/${requestId}`);
        const body = (await response.json()) as { readonly type?: string; readonly detail?: string };
        if (body.type?.endsWith(':rejected') === true) reason = body.detail ?? '';
        return reason !== '';
      });
      return reason;
    },
  };
}

function createFakeClient(url: string): Pick<Deployment, 'sign' | 'addFault' | 'ledger'> {
  const post = async (path: string, body: object): Promise<void> => {
    await readJson(await fetch(`${url}/_fake/${path}`, { method: 'POST', body: JSON.stringify(body) }));
  };
  return {
    sign: (sessionId) => post(`sessions/${sessionId}/sign`, {}),
    addFault: (fault) => post('faults', fault),
    ledger: async () => (await readJson(await fetch(`${url}/_fake/ledger`))) as LedgerEntry[],
  };
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text) as unknown;
}
