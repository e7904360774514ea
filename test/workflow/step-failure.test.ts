import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import { judge } from '../../src/domain/call-failure.js';
import { stepFailure } from '../../src/workflows/step-failure.js';

const failed = (type: string): ActivityFailure =>
  new ActivityFailure(
    'Activity task failed',
    'initiateSession',
    '1',
    RetryState.MAXIMUM_ATTEMPTS_REACHED,
    'a worker',
    ApplicationFailure.create({ type, message: 'why' }),
  );

it('a worker that lacks the key of a call never made it, so it is made again', () => {
  expect(judge(stepFailure(failed('UnreadablePayloadError')))).toBe('try-again');
});

it('after any other error that is not one of ours it is unclear whether the call was made', () => {
  expect(judge(stepFailure(failed('TypeError')))).toBe('unclear');
});
