import { spawn } from 'node:child_process';
import path from 'node:path';
import type {
  Fault,
  LedgerEntry,
  Session,
  SessionDocument,
  UploadedFile,
} from '../../fake-flexperto/index.js';
import { ChildServer } from '../../scripts/processes/child-server.js';
import { findFreePort } from '../../scripts/processes/ports.js';

/** A contract session as the Dashboard shows it; documents in the order they were attached. */
export type ContractSession = Pick<Session, 'id' | 'name' | 'employeeId' | 'handedOver'> & {
  readonly documents: readonly Pick<SessionDocument, 'id' | 'fileId' | 'name' | 'sha256' | 'status'>[];
  readonly files: readonly Pick<UploadedFile, 'id' | 'name'>[];
};

/** What a person can do to a contract session or to one of its documents. */
export type VendorAction = 'sign' | 'update' | 'fail-identification' | 'remove';

/** The fake flexperto in a process of its own, which nobody kills: only what it remembers can convict the worker. */
export interface Vendor {
  /** What a worker has to be told to work with it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Rejects when it ends by itself. */
  readonly unexpectedExit: Promise<never>;
  /** Everything an employee sees in the Dashboard. */
  contractSessions(): Promise<readonly ContractSession[]>;
  perform(sessionId: number, deed: VendorAction, documentId?: number): Promise<void>;
  addFaults(faults: readonly Fault[]): Promise<void>;
  ledger(): Promise<readonly LedgerEntry[]>;
  stop(): Promise<void>;
}

const API_KEY = 'the-api-key-of-the-chaos-run';
const HAND_OVER = 'POST /api/v2/collaboration/contracts/contracts/sessions/{sessionId}/handover';
const MAIN = path.resolve(__dirname, '../../fake-flexperto/main.js');
const READY_TIMEOUT_SECONDS = 30;

/** Starts it and waits until it answers. Throws one sentence when it does not. */
export async function startVendor(): Promise<Vendor> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [MAIN], {
    cwd: path.dirname(MAIN),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      FAKE_FLEXPERTO_PORT: String(port),
      FAKE_FLEXPERTO_UPLOAD_PORT: '0',
      FAKE_FLEXPERTO_API_KEY: API_KEY,
      FAKE_FLEXPERTO_HANDOVER: HAND_OVER,
    },
  });
  const server = new ChildServer(child, 'The fake flexperto');
  await server.waitUntilReady(() => isListening(url), READY_TIMEOUT_SECONDS);
  return {
    variables: { FLEXPERTO_BASE_URL: url, FLEXPERTO_API_KEY: API_KEY, FLEXPERTO_HANDOVER: HAND_OVER },
    unexpectedExit: server.unexpectedExit(),
    contractSessions: async () => {
      const { sessions } = (await callControlApi(url, 'state')) as { sessions: ContractSession[] };
      return sessions;
    },
    perform: async (sessionId, deed, documentId) => {
      await callControlApi(
        url,
        `sessions/${sessionId}/${deed}`,
        documentId === undefined ? {} : { documentId },
      );
    },
    addFaults: async (faults) => {
      await callControlApi(url, 'faults', faults);
    },
    ledger: async () => (await callControlApi(url, 'ledger')) as LedgerEntry[],
    stop: () => server.stop(),
  };
}

/** One call of the fake's control API: a POST where there is a body. */
async function callControlApi(url: string, name: string, body?: unknown): Promise<unknown> {
  const post = { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${url}/_fake/${name}`, body === undefined ? {} : post);
  const text = await response.text();
  if (!response.ok) throw new Error(`The fake flexperto refuses ${name}: ${text}`);
  return JSON.parse(text);
}

async function isListening(url: string): Promise<boolean> {
  return callControlApi(url, 'state').then(
    () => true,
    () => false,
  );
}
