export { createCallMetrics } from './calls.js';
export { telemetryOptions } from './exporter.js';
export { showSessions } from './sessions.js';
