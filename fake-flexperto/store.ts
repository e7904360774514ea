import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from './clock.js';
import type { Participant, Session, SessionDocument, UploadedFile } from './entities.js';
import { MAX_DOCUMENTS, MAX_TOTAL_BYTES, attachedBytes } from './entities.js';
import { HttpError } from './http-error.js';

const FIRST_SESSION_ID = 13;
const FIRST_CUSTOMER_ID = 385;
const FIRST_DOCUMENT_ID = 1362;

/** The vendor's data. Ids count up from the ones on its page. */
export class Store {
  private readonly clock: Clock;
  private sessions = new Map<number, Session>();
  private attachedCount = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  listSessions(): Session[] {
    return [...this.sessions.values()];
  }

  getSession(id: number): Session {
    const session = this.sessions.get(id);
    if (session === undefined) throw new HttpError(404, 'contract session not found');
    return session;
  }

  findSessionName(id: number): string | undefined {
    return this.sessions.get(id)?.name;
  }

  /** The session of this owner; for every other employee it does not exist. */
  getOwnSession(id: number, employeeId: string): Session {
    const session = this.getSession(id);
    if (session.employeeId !== employeeId) throw new HttpError(404, 'contract session not found');
    return session;
  }

  getDocument(sessionId: number, documentId: number): SessionDocument {
    const document = this.getSession(sessionId).documents.find(({ id }) => id === documentId);
    if (document === undefined)
      throw new HttpError(404, `session ${sessionId} has no document ${documentId}`);
    return document;
  }

  createSession(wanted: {
    employeeId: string;
    name: string;
    method: string;
    participant: Participant;
  }): Session {
    const count = this.sessions.size;
    const session: Session = {
      ...wanted,
      id: FIRST_SESSION_ID + count,
      customerId: FIRST_CUSTOMER_ID + count,
      foreignSessionId: randomBytes(12).toString('hex'),
      createdAt: this.clock.now(),
      handedOver: false,
      documents: [],
      files: [],
    };
    this.sessions.set(session.id, session);
    return session;
  }

  /** Every upload creates a new file, also an upload of the same document. */
  addFile(
    session: Session,
    received: { name: string; bytes: number; sha256: string },
    seconds: number,
  ): UploadedFile {
    if (attachedBytes(session) + received.bytes > MAX_TOTAL_BYTES) {
      throw new HttpError(413, 'the documents of a contract session may have 50 MB together');
    }
    const uploadedAt = this.clock.now();
    const availableUntil = new Date(uploadedAt.getTime() + seconds * 1000);
    const file = { ...received, id: randomUUID(), uploadedAt, availableUntil };
    session.files.push(file);
    return file;
  }

  /**
   * Attaching a file twice creates two documents, since the page promises nothing better. An expired file does not exist
   * any more.
   */
  attach(session: Session, fileId: string): SessionDocument {
    const file = session.files.find(({ id }) => id === fileId);
    if (file === undefined || file.availableUntil <= this.clock.now())
      throw new HttpError(404, 'file not found');
    if (session.handedOver) throw new HttpError(409, 'the contract session has been handed over');
    assertWithinLimits(session, file);
    const { name, bytes, sha256 } = file;
    const id = FIRST_DOCUMENT_ID + this.attachedCount++;
    const now = this.clock.now();
    const times = { createdAt: now, updatedAt: now };
    const document = { id, fileId, name, bytes, sha256, status: 'ATTACHED', failureReason: '', ...times };
    session.documents.push(document);
    return document;
  }

  reset(): void {
    this.sessions = new Map();
    this.attachedCount = 0;
  }
}

function assertWithinLimits(session: Session, file: UploadedFile): void {
  const kept = session.documents.filter(({ status }) => status !== 'DELETED');
  if (kept.length >= MAX_DOCUMENTS) {
    throw new HttpError(422, 'a contract session may have 20 documents');
  }
  if (attachedBytes(session) + file.bytes > MAX_TOTAL_BYTES) {
    throw new HttpError(422, 'the documents of a contract session may have 50 MB together');
  }
}
