import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts message and stack trace of a failure into a payload, which the codec then encrypts. Loaded by its path, by the
 * worker and by the workflow bundle for workers with keys; not used without keys, where it would only hide the message
 * from whoever reads a history.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
