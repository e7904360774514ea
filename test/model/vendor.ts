import type { PersonAction } from './schedule.js';

/** A document of a contract session, as the vendor has it. */
export interface AttachedDocument {
  readonly id: number;
  readonly fileId: string;
  readonly name: string;
  status: string;
  failureReason: string | null;
}

export interface ContractSession {
  readonly id: number;
  readonly employeeId: string;
  /** Whether the signing under test has created it. */
  readonly isCreatedBySigning: boolean;
  readonly files: Map<string, { readonly name: string; readonly until: number }>;
  readonly documents: AttachedDocument[];
  handedOver: boolean;
  handOvers: number;
}

/** A call that the vendor refuses. */
export class RefusalError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

export const EMPLOYEE = '45';
/** Contract sessions that exist before and do not belong to this signing. */
export const FILLED_SESSION_ID = 7;
export const OTHER_EMPLOYEES_SESSION_ID = 8;
export const TAKEN_SESSION_ID = 9;
export const MISSING_SESSION_ID = 999;

const FINAL_STATUSES = ['FINISHED', 'DELETED', 'FAILED'];

/**
 * A minimal vendor: contract sessions, files, documents and their statuses. A deferred effect comes after the next poll of the
 * documents.
 */
export class Vendor {
  readonly sessions: ContractSession[] = [
    createContractSession(FILLED_SESSION_ID, EMPLOYEE, false),
    createContractSession(OTHER_EMPLOYEES_SESSION_ID, 'somebody else', false),
    createContractSession(TAKEN_SESSION_ID, EMPLOYEE, false),
  ];
  private readonly deferredEffects: (() => void)[] = [];
  private lastId = 12;

  constructor() {
    const filled = this.getSession(FILLED_SESSION_ID);
    filled.documents.push({
      id: 1,
      fileId: 'their-file',
      name: 'theirs.pdf',
      status: 'ATTACHED',
      failureReason: null,
    });
  }

  /** The contract sessions that this signing has created. */
  createdSessions(): ContractSession[] {
    return this.sessions.filter(({ isCreatedBySigning }) => isCreatedBySigning);
  }

  initiate(employeeId: string): number {
    const created = createContractSession(this.nextId(), employeeId, true);
    this.sessions.push(created);
    return created.id;
  }

  getOwnedSession(id: number, employeeId: string): ContractSession {
    const found = this.sessions.find((one) => one.id === id && one.employeeId === employeeId);
    if (found === undefined) throw new RefusalError(404);
    return found;
  }

  /** `until`: when the file expires, in milliseconds since 1970. */
  upload(sessionId: number, name: string, until: number): string {
    const fileId = `file-${this.nextId()}`;
    this.getSession(sessionId).files.set(fileId, { name, until });
    return fileId;
  }

  /** As on the vendor's page: a file can be attached twice, and none can be attached after the hand-over. */
  attach(id: number, employeeId: string, fileId: string): AttachedDocument {
    const { files, documents, handedOver } = this.getOwnedSession(id, employeeId);
    const file = files.get(fileId);
    if (file === undefined || file.until <= Date.now()) throw new RefusalError(404);
    if (handedOver) throw new RefusalError(409);
    const document = { id: this.nextId(), fileId, name: file.name, status: 'ATTACHED', failureReason: null };
    documents.push(document);
    return document;
  }

  handOver(id: number, employeeId: string): void {
    const target = this.getOwnedSession(id, employeeId);
    if (target.handedOver) throw new RefusalError(409);
    target.handOvers += 1;
    markHandedOver(target);
  }

  /** The documents now; deferred effects follow. */
  list(id: number, employeeId: string): readonly AttachedDocument[] {
    const seen = this.getOwnedSession(id, employeeId).documents.map((document) => ({ ...document }));
    this.applyDeferred();
    return seen;
  }

  /** Defers an effect until after the next poll. */
  defer(effect: () => void): void {
    this.deferredEffects.push(effect);
  }

  /** Applies all deferred effects. */
  applyDeferred(): void {
    for (const effect of this.deferredEffects.splice(0)) effect();
  }

  /** Performs an action of the employee or the customer in the newest contract session of this signing, where possible. */
  perform(action: PersonAction, index: number): void {
    const target = this.createdSessions().at(-1);
    if (target === undefined || target.documents.length === 0) return;
    if (action === 'hand-over') {
      markHandedOver(target);
      return;
    }
    const document = target.documents[index];
    if (document === undefined || FINAL_STATUSES.includes(document.status)) return;
    if (action === 'delete') document.status = 'DELETED';
    else if (target.handedOver) setStatus(document, action);
  }

  private getSession(id: number): ContractSession {
    const found = this.sessions.find((one) => one.id === id);
    if (found === undefined) throw new RefusalError(404);
    return found;
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }
}

function createContractSession(id: number, employeeId: string, isCreatedBySigning: boolean): ContractSession {
  return {
    id,
    employeeId,
    isCreatedBySigning,
    files: new Map(),
    documents: [],
    handedOver: false,
    handOvers: 0,
  };
}

function markHandedOver(target: ContractSession): void {
  target.handedOver = true;
  for (const document of target.documents) if (document.status === 'ATTACHED') document.status = 'UPLOADED';
}

const STATUS_AFTER = {
  update: 'UPDATED',
  sign: 'FINISHED',
  fail: 'FAILED',
  'odd-status': 'NOTARISED',
} as const;

function setStatus(document: AttachedDocument, action: keyof typeof STATUS_AFTER): void {
  document.status = STATUS_AFTER[action];
  document.failureReason = action === 'fail' ? 'the identity card has expired' : null;
}
