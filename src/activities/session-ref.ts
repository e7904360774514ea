import type { Participant } from '../domain/request.js';

/** The contract session that a call is about, and in whose name it is made. */
export interface SessionRef {
  readonly employeeId: string;
  readonly sessionId: number;
  /** Who signs: the vendor may repeat in any answer what it knows of them, and no message may pass it on. */
  readonly participants: readonly Participant[];
}
