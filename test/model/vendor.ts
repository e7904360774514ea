import type { Deed } from './schedule.js';

/** A document of a contract session, as the vendor has it. */
export interface Attached {
  readonly id: number;
  readonly fileId: string;
  readonly name: string;
  status: string;
  failureReason: string | null;
}

export interface ContractSession {
  readonly id: number;
  readonly employeeId: string;
  /** Whether it was created by the signing that is looked at, and not there before. */
  readonly own: boolean;
  readonly files: Map<string, { readonly name: string; readonly until: number }>;
  readonly documents: Attached[];
  handedOver: boolean;
  handOvers: number;
}

/** A call that the vendor turns down. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

export const EMPLOYEE = '45';
/** Contract sessions that are there before and are none of this signing's business. */
export const FILLED = 7;
export const OTHER_EMPLOYEES = 8;
export const TAKEN = 9;
export const MISSING = 999;

const OVER = ['FINISHED', 'DELETED', 'FAILED'];

/**
 * The vendor's side of signings, as small as it can be: contract sessions, files, documents and their statuses. Effects
 * can be late: they come after the next look at the documents.
 */
export class Vendor {
  readonly sessions: ContractSession[] = [
    session(FILLED, EMPLOYEE, false),
    session(OTHER_EMPLOYEES, 'somebody else', false),
    session(TAKEN, EMPLOYEE, false),
  ];
  private readonly late: (() => void)[] = [];
  private last = 12;

  constructor() {
    const filled = this.session(FILLED);
    filled.documents.push({
      id: 1,
      fileId: 'their-file',
      name: 'theirs.pdf',
      status: 'ATTACHED',
      failureReason: null,
    });
  }

  /** The contract sessions that this signing has created. */
  own(): ContractSession[] {
    return this.sessions.filter(({ own }) => own);
  }

  initiate(employeeId: string): number {
    const created = session(this.next(), employeeId, true);
    this.sessions.push(created);
    return created.id;
  }

  requireOwned(id: number, employeeId: string): ContractSession {
    const found = this.sessions.find((one) => one.id === id && one.employeeId === employeeId);
    if (found === undefined) throw new Refusal(404);
    return found;
  }

  /** `until`: when the file is forgotten, in milliseconds since 1970. */
  upload(sessionId: number, name: string, until: number): string {
    const fileId = `file-${this.next()}`;
    this.session(sessionId).files.set(fileId, { name, until });
    return fileId;
  }

  /** As the vendor's page has it: what is attached twice is there twice, and nothing is attached after the hand-over. */
  attach(id: number, employeeId: string, fileId: string): Attached {
    const { files, documents, handedOver } = this.requireOwned(id, employeeId);
    const file = files.get(fileId);
    if (file === undefined || file.until <= Date.now()) throw new Refusal(404);
    if (handedOver) throw new Refusal(409);
    const document = { id: this.next(), fileId, name: file.name, status: 'ATTACHED', failureReason: null };
    documents.push(document);
    return document;
  }

  handOver(id: number, employeeId: string): void {
    const target = this.requireOwned(id, employeeId);
    if (target.handedOver) throw new Refusal(409);
    target.handOvers += 1;
    markHandedOver(target);
  }

  /** The documents now; what was late comes after this look. */
  list(id: number, employeeId: string): readonly Attached[] {
    const seen = this.requireOwned(id, employeeId).documents.map((document) => ({ ...document }));
    this.settle();
    return seen;
  }

  /** Puts an effect off until after the next look. */
  putOff(effect: () => void): void {
    this.late.push(effect);
  }

  /** Whatever was late has happened by now. */
  settle(): void {
    for (const effect of this.late.splice(0)) effect();
  }

  /** What employee and customer do in the newest contract session of this signing, where they can. */
  do(deed: Deed, index: number): void {
    const target = this.own().at(-1);
    if (target === undefined || target.documents.length === 0) return;
    if (deed === 'hand-over') {
      markHandedOver(target);
      return;
    }
    const document = target.documents[index];
    if (document === undefined || OVER.includes(document.status)) return;
    if (deed === 'delete') document.status = 'DELETED';
    else if (target.handedOver) advance(document, deed);
  }

  private session(id: number): ContractSession {
    const found = this.sessions.find((one) => one.id === id);
    if (found === undefined) throw new Refusal(404);
    return found;
  }

  private next(): number {
    this.last += 1;
    return this.last;
  }
}

function session(id: number, employeeId: string, own: boolean): ContractSession {
  return { id, employeeId, own, files: new Map(), documents: [], handedOver: false, handOvers: 0 };
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

function advance(document: Attached, deed: keyof typeof STATUS_AFTER): void {
  document.status = STATUS_AFTER[deed];
  document.failureReason = deed === 'fail' ? 'the identity card has expired' : null;
}
