import type { FastifyInstance } from 'fastify';
import type { GatewayMetrics } from '../metrics.js';
import { sweepUploads, type Sweeping } from './sweep.js';

const EVERY_MS = 60 * 60_000;

/** Sweeps the uploads when the gateway starts and every hour, until it closes. */
export function sweepRegularly(
  app: FastifyInstance,
  sweeping: Sweeping,
  { countSweep }: Pick<GatewayMetrics, 'countSweep'>,
): void {
  let last = Promise.resolve();
  const sweep = (): void => {
    last = last.then(async () => {
      try {
        const removed = await sweepUploads(sweeping);
        countSweep(removed);
        if (removed > 0) app.log.info({ removed }, 'uploads removed that no session uses');
      } catch (error) {
        countSweep(undefined);
        app.log.warn({ error }, 'the uploads could not be swept; those of sessions are safe');
      }
    });
  };
  const timer = setInterval(sweep, EVERY_MS).unref();
  app.addHook('onReady', sweep);
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await last;
  });
}
