import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createTimeSkippingEnvironment, skipsTime } from '../../scripts/time-skipping-server.js';
import { addSearchAttributes } from '../../src/search-attributes.js';
import { ACTIVITIES, type Functions } from './dependencies.js';
import type { Played } from './played.js';
import { RealPlay, TASK_QUEUE } from './real-play.js';
import type { Schedule } from './schedule.js';

const LONGEST_PLAY_MS = 90_000;
const LONGEST_SLEEP_MS = 30_000;
const MOST_PLAYS = 3;

interface Parts {
  readonly env: TestWorkflowEnvironment;
  readonly worker: Worker;
  readonly running: Promise<void>;
}

/** Temporal's time-skipping server and a worker of this very code, on which schedules are played one after the other. */
export class RealServer {
  private readonly code: string;
  private readonly flaws: { count: number };
  private parts: Parts | undefined;
  private current: RealPlay | undefined;

  /** `code`: the bundle of the workflow. */
  constructor(code: string) {
    this.code = code;
    this.flaws = watchForFlaws();
  }

  /** Plays a schedule to its end. @throws Error where the server does not go on */
  async play(schedule: Schedule): Promise<Played> {
    for (let plays = 1; ; plays += 1) {
      const before = this.flaws.count;
      try {
        return await this.playOnce(schedule);
      } catch (error) {
        await this.stop();
        // The server has lost a message that met the end of an attempt, which no real one does: once more on a fresh one.
        if (this.flaws.count === before || plays === MOST_PLAYS) throw error;
      }
    }
  }

  private async playOnce(schedule: Schedule): Promise<Played> {
    const { env } = (this.parts ??= await this.start());
    const sleep = (ms: number): Promise<void> => within(LONGEST_SLEEP_MS, env, () => env.sleep(ms));
    const play = new RealPlay(schedule, env.client, sleep);
    this.current = play;
    const played = await within(LONGEST_PLAY_MS, env, () => play.run());
    if (!play.isAtRest() || !(await skipsTime(env))) await this.stop();
    return played;
  }

  async stop(): Promise<void> {
    const { parts } = this;
    this.parts = undefined;
    if (parts === undefined) return;
    if (parts.worker.getState() === 'RUNNING') parts.worker.shutdown();
    await parts.running;
    await this.current?.isSilent();
    await parts.env.teardown();
  }

  private async start(): Promise<Parts> {
    const env = await createTimeSkippingEnvironment();
    await addSearchAttributes(env.nativeConnection, 'default');
    const call = (name: string, args: unknown[]): Promise<unknown> =>
      this.current?.activities[name]?.(...args) ?? Promise.reject(new Error('nothing is played'));
    const activities: Functions = Object.fromEntries(
      ACTIVITIES.map((name) => [name, (...args: unknown[]) => call(name, args)]),
    );
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: TASK_QUEUE,
      workflowBundle: { code: this.code },
      activities,
    });
    // A worker that fails is noticed by the play that it stops.
    return { env, worker, running: worker.run().catch(() => undefined) };
  }
}

/** What is asked of a server may take so long; what still waits when its connection closes would end the process. */
function within<Result>(
  ms: number,
  env: TestWorkflowEnvironment,
  ask: () => Promise<Result>,
): Promise<Result> {
  return env.connection.withDeadline(Date.now() + ms, ask);
}

/** Learns from the SDK's own log when the server has lost a message. */
function watchForFlaws(): { count: number } {
  const flaws = { count: 0 };
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => {
    const words = `${message} ${JSON.stringify(meta)}`;
    if (words.includes('ACTIVITY_UNKNOWN')) flaws.count += 1;
    else if (level === 'ERROR') process.stderr.write(`${words}\n`);
  });
  Runtime.install({ logger, telemetryOptions: { logging: { forward: {}, filter: 'WARN' } } });
  return flaws;
}
