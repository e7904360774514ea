export { AnswerNotUnderstoodError } from './answer-not-understood-error.js';
export { FlexpertoError, type Call } from './flexperto-error.js';
export { NotSentError } from './not-sent-error.js';
export { OutcomeUnknownError } from './outcome-unknown-error.js';
export { RefusedError } from './refused-error.js';
