import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { canSkipTime, createTimeSkippingEnvironment } from '../../scripts/processes/time-skipping-server.js';
import { buildPollTaskQueue } from '../../src/domain/workflow-id.js';
import { runTogether } from '../../src/worker/run-together.js';
import { addSearchAttributes } from '../../src/worker/search-attributes.js';
import { ACTIVITY_NAMES, type ActivityFunctions } from './activities.js';
import { RealScheduleRun, TASK_QUEUE } from './real-schedule-run.js';
import type { ScheduleRun } from './recording.js';
import type { Schedule } from './schedule.js';

const RUN_TIMEOUT_MS = 90_000;
const SLEEP_TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 3;

interface ServerParts {
  readonly env: TestWorkflowEnvironment;
  readonly workers: readonly Worker[];
  readonly running: Promise<void>;
}

/** Temporal's time-skipping server and a worker with this code, which run one schedule after the other. */
export class RealServer {
  private readonly code: string;
  private readonly lostMessages: { count: number };
  private parts: ServerParts | undefined;
  private current: RealScheduleRun | undefined;

  /** `code`: the bundle of the workflow. */
  constructor(code: string) {
    this.code = code;
    this.lostMessages = countLostMessages();
  }

  /** Runs a schedule to its end. @throws Error where the server is stuck */
  async runSchedule(schedule: Schedule): Promise<ScheduleRun> {
    for (let attempt = 1; ; attempt += 1) {
      const before = this.lostMessages.count;
      try {
        return await this.runOnce(schedule);
      } catch (error) {
        await this.stop();
        // This server has lost a message that coincided with the end of an attempt, which a real one does not: try a new server.
        if (this.lostMessages.count === before || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  private async runOnce(schedule: Schedule): Promise<ScheduleRun> {
    const { env } = (this.parts ??= await this.start());
    const sleep = (ms: number): Promise<void> => withTimeout(SLEEP_TIMEOUT_MS, env, () => env.sleep(ms));
    const run = new RealScheduleRun(schedule, env.client, sleep);
    this.current = run;
    const result = await withTimeout(RUN_TIMEOUT_MS, env, () => run.run());
    if (!run.isIdle() || !(await canSkipTime(env))) await this.stop();
    return result;
  }

  async stop(): Promise<void> {
    const { parts } = this;
    this.parts = undefined;
    if (parts === undefined) return;
    for (const worker of parts.workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await parts.running;
    await this.current?.whenIdle();
    await parts.env.teardown();
  }

  private async start(): Promise<ServerParts> {
    const env = await createTimeSkippingEnvironment();
    await addSearchAttributes(env.nativeConnection, 'default');
    const call = (name: string, args: unknown[]): Promise<unknown> =>
      this.current?.activities[name]?.(...args) ?? Promise.reject(new Error('no schedule is running'));
    const activities: ActivityFunctions = Object.fromEntries(
      ACTIVITY_NAMES.map((name) => [name, (...args: unknown[]) => call(name, args)]),
    );
    const connection = env.nativeConnection;
    const workflowBundle = { code: this.code };
    const workers = [
      await Worker.create({ connection, taskQueue: TASK_QUEUE, workflowBundle, activities }),
      await Worker.create({ connection, taskQueue: buildPollTaskQueue(TASK_QUEUE), activities }),
    ];
    // The failure of a worker stops the run, which reports it.
    return { env, workers, running: runTogether(workers).catch(() => undefined) };
  }
}

/** Limits a request: one that still waits when the connection closes would end the process. */
function withTimeout<Result>(
  ms: number,
  env: TestWorkflowEnvironment,
  request: () => Promise<Result>,
): Promise<Result> {
  return env.connection.withDeadline(Date.now() + ms, request);
}

/** Counts the messages that the server has lost, from the SDK's log. */
function countLostMessages(): { count: number } {
  const lost = { count: 0 };
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => {
    const line = `${message} ${JSON.stringify(meta)}`;
    if (line.includes('ACTIVITY_UNKNOWN')) lost.count += 1;
    else if (level === 'ERROR') process.stderr.write(`${line}\n`);
  });
  Runtime.install({ logger, telemetryOptions: { logging: { forward: {}, filter: 'WARN' } } });
  return lost;
}
