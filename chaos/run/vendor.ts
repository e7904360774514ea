import type {
  Fault,
  LedgerEntry,
  Session,
  SessionDocument,
  UploadedFile,
} from '../../fake-flexperto/index.js';
import { startFakeFlexpertoProcess } from '../../scripts/processes/fake-flexperto-process.js';

/** A contract session as the Dashboard shows it; documents in the order they were attached. */
export type ContractSession = Pick<Session, 'id' | 'name' | 'employeeId' | 'handedOver'> & {
  readonly documents: readonly Pick<SessionDocument, 'id' | 'fileId' | 'name' | 'sha256' | 'status'>[];
  readonly files: readonly Pick<UploadedFile, 'id' | 'name'>[];
};

/** What a person can do to a contract session or to one of its documents. */
export type VendorAction = 'sign' | 'update' | 'fail-identification' | 'remove';

/** The fake flexperto in a separate process that is never killed, since its ledger is compared with the workflows. */
export interface Vendor {
  /** The variables with which a worker uses it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Rejects if it exits unexpectedly; never resolves. */
  readonly unexpectedExit: Promise<never>;
  /** All contract sessions, as the Dashboard shows them. */
  contractSessions(): Promise<readonly ContractSession[]>;
  perform(sessionId: number, action: VendorAction, documentId?: number): Promise<void>;
  addFaults(faults: readonly Fault[]): Promise<void>;
  ledger(): Promise<readonly LedgerEntry[]>;
  stop(): Promise<void>;
}

/** Starts it and waits until it answers. @throws Error with one sentence if it does not */
export async function startVendor(): Promise<Vendor> {
  const fake = await startFakeFlexpertoProcess();
  const { url, variables, unexpectedExit } = fake;
  return {
    variables,
    unexpectedExit,
    contractSessions: async () => {
      const { sessions } = (await callControlApi(url, 'state')) as { sessions: ContractSession[] };
      return sessions;
    },
    perform: async (sessionId, action, documentId) => {
      await callControlApi(
        url,
        `sessions/${sessionId}/${action}`,
        documentId === undefined ? {} : { documentId },
      );
    },
    addFaults: async (faults) => {
      await callControlApi(url, 'faults', faults);
    },
    ledger: async () => (await callControlApi(url, 'ledger')) as LedgerEntry[],
    stop: () => fake.stop(),
  };
}

/** One call of the fake's control API: a POST if there is a body. */
async function callControlApi(url: string, name: string, body?: unknown): Promise<unknown> {
  const post = { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${url}/_fake/${name}`, body === undefined ? {} : post);
  const text = await response.text();
  if (!response.ok) throw new Error(`The fake flexperto refuses ${name}: ${text}`);
  return JSON.parse(text);
}
