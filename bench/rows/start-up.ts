import { startProgram } from '../../scripts/program.js';
import { inTurn, type Row } from '../row.js';
import { startBareWorker } from '../support/bare/start.js';
import { startStage } from '../support/stage.js';

const ROUNDS = 9;

export const startUp: Row = {
  name: 'start-up',
  about: 'the worker from the start of its process until it polls, against an empty worker',
  run: async (folder) => {
    const stage = await startStage(folder);
    const untilReady = async (start: () => Promise<{ stop(): Promise<void> }>): Promise<number> => {
      const begin = performance.now();
      const program = await start();
      const ms = performance.now() - begin;
      await program.stop();
      return ms;
    };
    try {
      const { worker, empty } = await inTurn(ROUNDS, {
        worker: () =>
          untilReady(() => startProgram('worker', stage.variables).then(({ server: started }) => started)),
        empty: () => untilReady(() => startBareWorker(stage.address, stage.bareBundle)),
      });
      const target = { of: 'ratio', atMost: 1.5 } as const;
      return [{ name: 'start-up', unit: 'ms', measured: worker, reference: empty, target }];
    } finally {
      await stage.stop();
    }
  },
};
