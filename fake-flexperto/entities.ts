/** Limits of one contract session. Source: "Signing Documents", asynchronous flow. */
export const MAX_DOCUMENTS = 20;

/** "50MB"; the page does not define the megabyte, so this fake uses the smaller one. */
export const MAX_TOTAL_BYTES = 50_000_000;

export interface Participant {
  readonly email: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly mobile: string;
}

/** A file in the vendor's storage, attached or not. Its bytes are counted and hashed, not kept. */
export interface UploadedFile {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly uploadedAt: Date;
  readonly availableUntil: Date;
}

/** A file attached to a contract session. */
export interface SessionDocument {
  readonly id: number;
  readonly fileId: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  status: string;
  failureReason: string;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Session {
  readonly id: number;
  /** The account id of the owner; no other employee can see the session. */
  readonly employeeId: string;
  readonly customerId: number;
  readonly name: string;
  readonly method: string;
  readonly participant: Participant;
  readonly foreignSessionId: string;
  readonly createdAt: Date;
  handedOver: boolean;
  /** In the order they were attached. */
  readonly documents: SessionDocument[];
  /** In the order they were uploaded. */
  readonly files: UploadedFile[];
}

/** The bytes that count towards the limit: those of all documents that are not deleted. */
export function attachedBytes(session: Session): number {
  const kept = session.documents.filter(({ status }) => status !== 'DELETED');
  return kept.reduce((sum, { bytes }) => sum + bytes, 0);
}
