import type { CallbackSender } from '../callbacks/sender.js';
import type { RequestChecker } from '../documents/check-request.js';
import type { Sources } from '../documents/sources.js';
import type { FlexpertoClient } from '../flexperto/index.js';
import type { PollPauses } from '../workflows/retry-policies.js';
import type { UploadUrlCipher } from './upload-url-cipher.js';

/** The dependencies of the activities; created once per worker. */
export interface ActivityDependencies {
  readonly flexperto: FlexpertoClient;
  readonly checker: RequestChecker;
  readonly sources: Pick<Sources, 'read'>;
  readonly uploadUrlCipher: UploadUrlCipher;
  /** Whether the hand-over call is configured. */
  readonly isHandOverEnabled: boolean;
  readonly pollPauses: PollPauses;
  /** Values that no message may contain: the API key. */
  readonly secrets: readonly string[];
  /** Whether another run of this workflow id exists, closed ones included, as far as the server remembers. */
  readonly hasEarlierRun: (workflowId: string, runId: string) => Promise<boolean>;
  /** Whether another signing, open or closed, has the contract session. */
  readonly isContractSessionTaken: (sessionId: number, workflowId: string) => Promise<boolean>;
  readonly callbacks: Pick<CallbackSender, 'send'>;
  /** Milliseconds until the CRM is reminded that a signing still waits. */
  readonly reminderMs: number;
  /** Whether the newest run of this workflow id is open. */
  readonly isSigningOpen: (workflowId: string) => Promise<boolean>;
}
