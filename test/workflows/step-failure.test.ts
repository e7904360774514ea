import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { classifyFailure } from '../../src/domain/call-failure.js';
import { toStepFailure } from '../../src/workflows/step-failure.js';

const createActivityFailure = (type: string): ActivityFailure =>
  createActivityFailureWithCause(ApplicationFailure.create({ type, message: 'why' }));

const createActivityFailureWithCause = (cause: Error): ActivityFailure =>
  new ActivityFailure(
    'Activity task failed',
    'initiateSession',
    '1',
    RetryState.MAXIMUM_ATTEMPTS_REACHED,
    'a worker',
    cause,
  );

it('a worker that lacks the key of a call never made it, so it is retried', () => {
  expect(classifyFailure(toStepFailure(createActivityFailure('UnreadablePayloadError')))).toBe('retry');
});

it('after any other foreign error the outcome of the call is unknown', () => {
  expect(classifyFailure(toStepFailure(createActivityFailure('TypeError')))).toBe('unknown');
});

describe('An attempt that timed out', () => {
  const classify = (details: unknown, type: 'HEARTBEAT' | 'START_TO_CLOSE', isAnnounced?: boolean) =>
    classifyFailure(
      toStepFailure(
        createActivityFailureWithCause(new TimeoutFailure('timed out', details, type)),
        isAnnounced,
      ),
    );

  it('has made no call where it has not sent the heartbeat that must precede it', () => {
    expect(classify(undefined, 'HEARTBEAT', true)).toBe('retry');
  });

  it.each([
    ['has sent that heartbeat', 'calling', 'HEARTBEAT', true],
    ['sends no such heartbeat', undefined, 'HEARTBEAT', false],
    ['sends no such heartbeat, by default', undefined, 'HEARTBEAT', undefined],
    ['has sent heartbeats until its time limit', undefined, 'START_TO_CLOSE', true],
  ] as const)('may have made it where it %s', (_, details, type, isAnnounced) => {
    expect(classify(details, type, isAnnounced)).toBe('unknown');
  });
});
