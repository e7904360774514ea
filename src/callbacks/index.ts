export { CallbackError } from './callback-error.js';
export { refuseCallbackUrl } from './address-rules.js';
export { CallbackSecretsError, parseCallbackSecrets } from './secrets.js';
export { createCallbackSender, type CallbackSender } from './sender.js';
