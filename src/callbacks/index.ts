export { CallbackError } from './sender.js';
export { findCallbackUrlProblem } from './sender.js';
export { CallbackSecretsError, parseCallbackSecrets } from '../shared/callback-secrets.js';
export { createCallbackSender, type CallbackSender } from './sender.js';
