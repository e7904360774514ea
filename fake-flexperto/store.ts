import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from './clock.js';
import type { Participant, Session, SessionDocument, UploadedFile } from './entities.js';
import { attachedBytes, MAX_DOCUMENTS, MAX_TOTAL_BYTES } from './entities.js';
import { Refusal } from './refusal.js';

const FIRST_SESSION = 13;
const FIRST_CUSTOMER = 385;
const FIRST_DOCUMENT = 1362;

/** What the vendor remembers. Ids count up from the ones its page shows. */
export class Store {
  private readonly clock: Clock;
  private sessions = new Map<number, Session>();
  private attached = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  all(): Session[] {
    return [...this.sessions.values()];
  }

  session(id: number): Session {
    const session = this.sessions.get(id);
    if (session === undefined) throw new Refusal(404, 'contract session not found');
    return session;
  }

  nameOf(id: number): string | undefined {
    return this.sessions.get(id)?.name;
  }

  /** The session, if this employee owns it; to everybody else it does not exist. */
  owned(id: number, employeeId: string): Session {
    const session = this.session(id);
    if (session.employeeId !== employeeId) throw new Refusal(404, 'contract session not found');
    return session;
  }

  document(sessionId: number, documentId: number): SessionDocument {
    const document = this.session(sessionId).documents.find(({ id }) => id === documentId);
    if (document === undefined) throw new Refusal(404, `session ${sessionId} has no document ${documentId}`);
    return document;
  }

  initiate(wanted: { employeeId: string; name: string; method: string; participant: Participant }): Session {
    const count = this.sessions.size;
    const session: Session = {
      ...wanted,
      id: FIRST_SESSION + count,
      customerId: FIRST_CUSTOMER + count,
      foreignSessionId: randomBytes(12).toString('hex'),
      createdAt: this.clock.now(),
      handedOver: false,
      documents: [],
      files: [],
    };
    this.sessions.set(session.id, session);
    return session;
  }

  /** Every upload makes a file of its own, also one of the same document. */
  addFile(
    session: Session,
    received: { name: string; bytes: number; sha256: string },
    seconds: number,
  ): UploadedFile {
    if (attachedBytes(session) + received.bytes > MAX_TOTAL_BYTES) {
      throw new Refusal(413, 'the documents of a contract session may have 50 MB together');
    }
    const uploadedAt = this.clock.now();
    const availableUntil = new Date(uploadedAt.getTime() + seconds * 1000);
    const file = { ...received, id: randomUUID(), uploadedAt, availableUntil };
    session.files.push(file);
    return file;
  }

  /**
   * Attaching a file twice makes two documents: the page promises nothing better. A file whose time is over is gone, as if
   * it had never been uploaded.
   */
  attach(session: Session, fileId: string): SessionDocument {
    const file = session.files.find(({ id }) => id === fileId);
    if (file === undefined || file.availableUntil <= this.clock.now())
      throw new Refusal(404, 'file not found');
    if (session.handedOver) throw new Refusal(409, 'the contract session has been handed over');
    refuseBeyondLimits(session, file);
    const { name, bytes, sha256 } = file;
    const id = FIRST_DOCUMENT + this.attached++;
    const now = this.clock.now();
    const times = { createdAt: now, updatedAt: now };
    const document = { id, fileId, name, bytes, sha256, status: 'ATTACHED', failureReason: '', ...times };
    session.documents.push(document);
    return document;
  }

  reset(): void {
    this.sessions = new Map();
    this.attached = 0;
  }
}

function refuseBeyondLimits(session: Session, file: UploadedFile): void {
  const kept = session.documents.filter(({ status }) => status !== 'DELETED');
  if (kept.length >= MAX_DOCUMENTS) {
    throw new Refusal(422, 'a contract session may have 20 documents');
  }
  if (attachedBytes(session) + file.bytes > MAX_TOTAL_BYTES) {
    throw new Refusal(422, 'the documents of a contract session may have 50 MB together');
  }
}
