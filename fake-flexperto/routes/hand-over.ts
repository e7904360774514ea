import type { Route } from './route.js';

/**
 * The hand-over call where one is configured, such as `POST /api/…/{sessionId}/…`. Answered without a body,
 * since no page shows one. Throws for text of another shape.
 */
export function handOverRoute(configured: string): Route {
  const [, method, template] = /^([A-Z]+) (\/\S*\{sessionId\}\S*)$/.exec(configured) ?? [];
  if (method === undefined || template === undefined) {
    throw new Error(
      'The hand-over call must be a method and a path with {sessionId}, such as "POST /a/{sessionId}/b".',
    );
  }
  return {
    call: 'hand-over',
    template,
    methods: () => [method],
    perform: ({ vendor, employeeId, sessionId }) => {
      vendor.lifecycle.handOver(vendor.store.owned(sessionId, employeeId).id);
      return { answer: { status: 204, text: '' }, effect: 'session-handed-over' };
    },
  };
}
