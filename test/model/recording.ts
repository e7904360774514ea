import type { Schedule, Call } from './schedule.js';
import type { Vendor } from './vendor.js';
import type { SigningStatus } from '../../src/domain/status.js';

/** What came of a schedule: all that was recorded, and what there is at the vendor. */
export interface ScheduleRun {
  readonly schedule: Schedule;
  readonly recording: Recording;
  readonly vendor: Vendor;
}

/** What can be said of a call from its answer: `made`, surely without effect, refused, or nobody knows. */
export type CallEffect = 'made' | 'surely-not' | 'refused' | 'unknown';

/** A call as it reached the vendor, in the order of its beginning. */
export interface RecordedCall {
  readonly type: 'call';
  readonly at: number;
  /** By the clock of the Temporal server, which a time-skipping one sets forward. */
  readonly workflowAt: number;
  readonly call: Call;
  readonly sessionId: number | null;
  /** The document that an upload or an attach is about. */
  readonly document: string | null;
  readonly fileId: string | null;
  /** Until when the vendor has said to keep that file, in milliseconds since 1970. */
  readonly keptUntil: number | null;
  effect: CallEffect;
  /** Whether somebody answered, in whatever words. */
  hasResponse: boolean;
  /** The files that an answered look has shown as attached. */
  listed: readonly string[] | null;
}

export type MessageName = 'checkNow' | 'cancel' | 'resolve' | 'recordOutcome';

/** A message, in the order of its sending. */
export interface RecordedMessage {
  readonly type: 'message';
  readonly at: number;
  readonly name: MessageName;
  readonly input: unknown;
  /** `unanswered`: the session ended meanwhile, or the message asks for no answer. */
  answer: 'accepted' | 'refused' | 'unanswered';
  /** Why it was refused. */
  text: string;
  /** The type of the refusal's failure. */
  failureType: string;
  /** What a client could see when it was answered, where that is known exactly. */
  visibleStatus: SigningStatus | null;
}

/** How the workflow ended. `broken`: in a way that no end should be. */
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
  /** The workflow asks for an activity. */
  | { readonly type: 'activity'; readonly at: number; readonly activity: string }
  /** The workflow has been told that it is to end. */
  | { readonly type: 'ending'; readonly at: number; readonly why: 'cancel' | 'deadline' | 'abort' }
  /** An operator has started the session over from an earlier moment. */
  | { readonly type: 'reset'; readonly at: number }
  | { readonly type: 'end'; readonly at: number; readonly end: End };

/** All that happened in the course of one signing, in order. */
export class Recording {
  readonly events: RecordedEvent[] = [];
  private readonly now: () => number;
  private readonly workflowNow: () => number;

  /** Both in milliseconds since 1970: by the clock of the vendor and by that of the Temporal server, if it is another. */
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

  reset(): void {
    this.events.push({ type: 'reset', at: this.now() });
  }

  end(end: End): void {
    this.events.push({ type: 'end', at: this.now(), end });
  }
}
