export { signingCallbacks } from './callbacks/signing-callbacks.js';
export { signingSession } from './signing-session.js';
export { signingStarts } from './signing-starts.js';
