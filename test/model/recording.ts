import type { SigningStatus } from '../../src/domain/status.js';
import type { Call, Schedule } from './schedule.js';
import type { Vendor } from './vendor.js';

/** The result of a schedule: the recording, and the state of the vendor. */
export interface ScheduleRun {
  readonly schedule: Schedule;
  readonly recording: Recording;
  readonly vendor: Vendor;
}

/** The effect of a call according to its answer: `made`, certainly none, refused, or unknown. */
export type CallEffect = 'made' | 'none' | 'refused' | 'unknown';

/** A call to the vendor, in the order of the starts. */
export interface RecordedCall {
  readonly type: 'call';
  readonly at: number;
  /** By the clock of the Temporal server, which may skip time. */
  readonly workflowAt: number;
  readonly call: Call;
  readonly sessionId: number | null;
  /** The document of an upload or an attach. */
  readonly document: string | null;
  readonly fileId: string | null;
  /** Until when the vendor keeps that file, as far as it has said so, in milliseconds since 1970. */
  readonly keptUntil: number | null;
  effect: CallEffect;
  /** Whether the vendor answered, in any way. */
  hasResponse: boolean;
  /** The files that a successful list call has shown as attached. */
  listed: readonly string[] | null;
}

export type MessageName = 'checkNow' | 'cancel' | 'resolve' | 'recordOutcome';

/** A message, in the order of sending. */
export interface RecordedMessage {
  readonly type: 'message';
  readonly at: number;
  readonly name: MessageName;
  readonly input: unknown;
  /** `unanswered`: the signing ended meanwhile, or the message has no answer. */
  answer: 'accepted' | 'rejected' | 'unanswered';
  /** Why it was rejected. */
  text: string;
  /** The failure type of the rejection. */
  failureType: string;
  /** What a client could see at the time of the answer, where that is known exactly. */
  visibleStatus: SigningStatus | null;
}

/** How the workflow ended. `broken`: in a way that must not happen. */
export type End =
  | { readonly how: 'result'; readonly status: SigningStatus }
  | { readonly how: 'failed'; readonly failure: string; readonly message: string }
  | { readonly how: 'broken'; readonly why: string };

export type RecordedEvent =
  | RecordedCall
  | RecordedMessage
  | {
      readonly type: 'status';
      readonly at: number;
      readonly status: SigningStatus;
      readonly shownState?: string;
    }
  /** The workflow schedules an activity. */
  | { readonly type: 'activity'; readonly at: number; readonly activity: string }
  /** The workflow has received a reason to end. */
  | { readonly type: 'ending'; readonly at: number; readonly why: 'cancel' | 'deadline' | 'abort' }
  /** An operator has reset the workflow. */
  | { readonly type: 'reset'; readonly at: number }
  /** An operator has ended the run and started another one under its id. */
  | { readonly type: 'start-again'; readonly at: number }
  /** An operator begins or ends a pause. */
  | { readonly type: 'operator'; readonly at: number }
  | { readonly type: 'end'; readonly at: number; readonly end: End };

/** All events of one signing, in order. */
export class Recording {
  readonly events: RecordedEvent[] = [];
  private readonly now: () => number;
  private readonly workflowNow: () => number;

  /** In milliseconds since 1970: the clock of the vendor, and that of the Temporal server where it differs. */
  constructor(now: () => number, workflowNow = now) {
    this.now = now;
    this.workflowNow = workflowNow;
  }

  call(
    call: Call,
    about: Partial<Pick<RecordedCall, 'sessionId' | 'document' | 'fileId' | 'keptUntil'>>,
  ): RecordedCall {
    const { sessionId = null, document = null, fileId = null, keptUntil = null } = about;
    const recorded: RecordedCall = {
      type: 'call', at: this.now(), workflowAt: this.workflowNow(), call, sessionId, document, fileId, keptUntil, effect: 'unknown', hasResponse: false, listed: null,
    }; // prettier-ignore
    this.events.push(recorded);
    return recorded;
  }

  /** Records that the response of the last non-idempotent call was lost. */
  markLastCallUnknown(): void {
    const last = this.events.findLast(
      (event) => event.type === 'call' && ['initiate', 'attach', 'hand-over'].includes(event.call),
    );
    if (last?.type !== 'call') return;
    last.effect = 'unknown';
    last.hasResponse = false;
  }

  message(name: MessageName, input: unknown): RecordedMessage {
    const recorded: RecordedMessage = {
      type: 'message', at: this.now(), name, input, answer: 'unanswered', text: '', failureType: '', visibleStatus: null,
    }; // prettier-ignore
    this.events.push(recorded);
    return recorded;
  }

  status(status: SigningStatus, shownState?: string): void {
    this.events.push({
      type: 'status',
      at: this.now(),
      status,
      ...(shownState === undefined ? {} : { shownState }),
    });
  }

  activity(activity: string): void {
    this.events.push({ type: 'activity', at: this.now(), activity });
  }

  ending(why: 'cancel' | 'deadline' | 'abort'): void {
    this.events.push({ type: 'ending', at: this.now(), why });
  }

  startAgain(): void {
    this.reset();
    this.events.push({ type: 'start-again', at: this.now() });
  }

  operator(): void {
    this.events.push({ type: 'operator', at: this.now() });
  }

  reset(): void {
    this.events.push({ type: 'reset', at: this.now() });
  }

  end(end: End): void {
    this.events.push({ type: 'end', at: this.now(), end });
  }
}
