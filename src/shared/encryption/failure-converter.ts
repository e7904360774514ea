import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts message and stack trace of a failure into a payload, which the codec encrypts. Worker and workflow bundle load it
 * by its path if there are keys. Without keys it would only hide messages from readers of a history.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
