import { runTogether } from '../../src/worker/run-together.js';

/** A worker that runs until it is shut down, or until it fails. */
function createWorker() {
  let end: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = { resolve, reject };
  });
  let state: 'RUNNING' | 'STOPPED' | 'FAILED' = 'RUNNING';
  return {
    run: () => ended,
    getState: () => state,
    shutdown: () => {
      state = 'STOPPED';
      end?.resolve();
    },
    fail: (error: Error) => {
      state = 'FAILED';
      end?.reject(error);
    },
  };
}

test('if one worker fails, the others stop, and its error is thrown at their end', async () => {
  const [first, second] = [createWorker(), createWorker()];
  const running = runTogether([first, second]);
  second.fail(new Error('no permission'));
  await expect(running).rejects.toThrow('no permission');
  expect(first.getState()).toBe('STOPPED');
});
