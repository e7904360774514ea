import type { Output } from '../../../src/cli/output/output.js';
import { createProgressPrinter } from '../../../src/cli/output/progress.js';
import type { StatusWithCallback } from '../../../src/client/index.js';

const waiting: StatusWithCallback = {
  state: 'needs-attention',
  requestId: 'crm-action-8f1c',
  sessionId: 13,
  name: 'Task-123',
  method: 'aes',
  employeeId: '45',
  crmRecord: null,
  documents: [],
  attention: {
    id: 'attach-1',
    step: 'attach',
    reason: 'attach: refused',
    actions: ['retry', 'abort'],
    since: '2026-12-01T12:00:00.000Z',
  },
  deadline: '2027-01-01T00:00:00.000Z',
  updatedAt: '2026-12-01T12:00:00.000Z',
  callback: null,
};

const delivered: StatusWithCallback = {
  ...waiting,
  callback: { order: 1, type: 'signing.needs-attention', deliveredAt: '2026-12-01T12:00:01.000Z' },
};

it('A needed decision is shown once, whatever happens to callbacks, and again when it is needed again', () => {
  const printed: (readonly string[])[] = [];
  const output: Output = {
    json: false,
    isTerminal: false,
    printResult: () => undefined,
    printProgress: (lines) => printed.push(lines),
    warn: () => undefined,
    printFailure: () => undefined,
    spinner: { show: () => undefined, pause: () => undefined, clear: () => undefined },
    color: (_, text) => text,
  };
  const show = createProgressPrinter(output);
  show(waiting);
  show(delivered);
  expect(printed).toHaveLength(1);
  show({ ...waiting, updatedAt: '2026-12-01T12:00:02.000Z' });
  expect(printed).toHaveLength(2);
});
