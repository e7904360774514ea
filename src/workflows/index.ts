export { signingSession } from './signing-session.js';
export { signingStarts } from './signing-starts.js';
