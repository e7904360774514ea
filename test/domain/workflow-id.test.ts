import { buildCallbacksWorkflowId, buildWorkflowId, isOnTaskQueue } from '../../src/domain/workflow-id.js';

const QUEUES = ['signing', 'tenant-b', 'tenant/b'];

describe.each(QUEUES)('A signing on the task queue %s', (taskQueue) => {
  it.each(['crm-4711', 'callbacks'])('and its callbacks belong to that queue alone: %s', (requestId) => {
    const workflowId = buildWorkflowId(requestId, taskQueue);
    for (const id of [workflowId, buildCallbacksWorkflowId(workflowId)])
      expect(QUEUES.filter((queue) => isOnTaskQueue(id, queue))).toEqual([taskQueue]);
  });
});

it('Every other workflow may be on any task queue', () => {
  expect(isOnTaskQueue('signing-starts/tenant-b/45', 'signing')).toBe(true);
  expect(isOnTaskQueue('another', 'signing')).toBe(true);
});
