import { FlexpertoError, type Call } from './flexperto-error.js';

/** The vendor said yes (2xx), but the answer is cut short, is no JSON or lacks what is needed. The call had its effect. */
export class AnswerNotUnderstoodError extends FlexpertoError {
  override readonly name = 'AnswerNotUnderstoodError';

  /** `what` names fields and types, never values. */
  constructor(call: Call, what: string) {
    super(call, `${call}: flexperto's answer could not be understood: ${what}`);
  }
}
