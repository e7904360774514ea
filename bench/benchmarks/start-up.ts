import { startProgram } from '../../scripts/processes/program.js';
import { type Benchmark, type PerSize, interleave } from '../benchmark.js';
import { startBareWorker } from '../support/bare/start.js';
import { startEnvironment } from '../support/environment.js';

const ROUNDS: PerSize = { full: 9, quick: 3 };

export const startUp: Benchmark = {
  name: 'start-up',
  description: 'the worker from the start of its process until it polls, against an empty worker',
  run: async (folder, { size }) => {
    const environment = await startEnvironment(folder);
    const measureStart = async (start: () => Promise<{ stop(): Promise<void> }>): Promise<number> => {
      const begin = performance.now();
      const program = await start();
      const ms = performance.now() - begin;
      await program.stop();
      return ms;
    };
    try {
      const { worker, empty } = await interleave(ROUNDS[size], {
        worker: () =>
          measureStart(() =>
            startProgram('worker', environment.variables).then(({ server: started }) => started),
          ),
        empty: () => measureStart(() => startBareWorker(environment.address, environment.bareBundle)),
      });
      const target = { of: 'ratio', atMost: 1.5 } as const;
      return [{ name: 'start-up', unit: 'ms', measured: worker, reference: empty, target }];
    } finally {
      await environment.stop();
    }
  },
};
