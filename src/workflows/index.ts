export { signingSession } from './signing-session.js';
