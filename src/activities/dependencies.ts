import type { CallbackSender } from '../callbacks/sender.js';
import type { RequestChecker } from '../documents/check-request.js';
import type { Sources } from '../documents/sources.js';
import type { FlexpertoClient } from '../flexperto/index.js';
import type { UploadUrlCipher } from './upload-url-cipher.js';

/** What the activities work with; created once per worker. */
export interface ActivityDependencies {
  readonly flexperto: FlexpertoClient;
  readonly checker: RequestChecker;
  readonly sources: Pick<Sources, 'read'>;
  readonly uploadUrlCipher: UploadUrlCipher;
  /** Whether the hand-over call is configured. */
  readonly isHandOverEnabled: boolean;
  /** Milliseconds from the first look at a session's documents to the second. */
  readonly firstPollMs: number;
  /** Values that no message may repeat, whoever sends them: the API key. */
  readonly secrets: readonly string[];
  /** Whether another run of this workflow id exists, closed ones included, as far as the server remembers. */
  readonly hasEarlierRun: (workflowId: string, runId: string) => Promise<boolean>;
  /** Whether another signing than this one has the contract session, ended ones included. */
  readonly isContractSessionTaken: (sessionId: number, workflowId: string) => Promise<boolean>;
  readonly callbacks: Pick<CallbackSender, 'send'>;
  /** Milliseconds after which a CRM is told that a session still waits. */
  readonly reminderMs: number;
  /** Whether the newest run of this workflow id is still open. */
  readonly isSigningOpen: (workflowId: string) => Promise<boolean>;
}
