import { tsToMs } from '@temporalio/common/lib/time';
import { coresdk } from '@temporalio/proto';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface';
import type { ScheduleCommand } from './activity-task.js';
import { type Command, getCancelledSeqs, getScheduleCommand, getUpsertedState } from './commands.js';

export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
export type Activation = coresdk.workflow_activation.IWorkflowActivation;

/** A workflow task: its jobs and the workflow's commands. */
interface Task {
  readonly activation: Activation;
  readonly commands: readonly Command[];
}

/** What a run waits for, and the state in its search attribute. Times in milliseconds since 1970. */
interface PendingWork {
  readonly timers: readonly { readonly command: Command; readonly dueAt: number }[];
  readonly activities: readonly {
    readonly command: ScheduleCommand;
    readonly isLocal: boolean;
    readonly isCancelled: boolean;
  }[];
  readonly shownState: string | undefined;
}

/** The workflow has failed a task: a bug, by which a real signing would be stuck. */
export class TaskFailedError extends Error {}

/** All tasks of a run, from which any worker can rebuild the workflow. */
export class RunHistory {
  private readonly tasks: Task[] = [];
  private flags: number[] = [];

  /** Runs a task of the workflow and records it. @throws TaskFailedError */
  async runTask(workflow: Workflow, activation: Activation): Promise<readonly Command[]> {
    const commands = await this.activate(workflow, activation);
    this.tasks.push({ activation, commands });
    return commands;
  }

  get length(): number {
    return this.tasks.length;
  }

  /** A history with the first tasks only. */
  prefix(length: number): RunHistory {
    const start = new RunHistory();
    start.tasks.push(...this.tasks.slice(0, length));
    start.flags = this.flags;
    return start;
  }

  /** The timers and activities that have started and not ended. */
  findPending(): PendingWork {
    const jobs = this.tasks.flatMap(({ activation }) => activation.jobs ?? []);
    const commands = this.tasks.flatMap((task) => task.commands);
    const ended = new Set(jobs.flatMap(({ resolveActivity }) => resolveActivity?.seq ?? []));
    const cancelledSeqs = getCancelledSeqs(commands);
    const over = new Set([
      ...jobs.flatMap(({ fireTimer }) => fireTimer?.seq ?? []),
      ...commands.flatMap(({ cancelTimer }) => cancelTimer?.seq ?? []),
    ]);
    const timers = this.tasks.flatMap((task) =>
      task.commands.flatMap((command) => {
        const { startTimer } = command;
        if (startTimer == null || over.has(startTimer.seq ?? 0)) return [];
        const dueAt = tsToMs(task.activation.timestamp) + tsToMs(startTimer.startToFireTimeout);
        return [{ command, dueAt }];
      }),
    );
    const activities = commands.flatMap((scheduling) => {
      const command = getScheduleCommand(scheduling);
      if (command == null || ended.has(command.seq ?? 0)) return [];
      const isLocal = scheduling.scheduleLocalActivity != null;
      return [{ command, isLocal, isCancelled: cancelledSeqs.has(command.seq ?? 0) }];
    });
    const shownState = commands.reduce<string | undefined>(
      (shown, one) => getUpsertedState(one) ?? shown,
      undefined,
    );
    return { timers, activities, shownState };
  }

  /** Replays the tasks on a new instance. @throws TaskFailedError where its commands differ */
  async replay(workflow: Workflow, runId: string): Promise<void> {
    for (const { activation, commands } of this.tasks) {
      const refused = findRejectedUpdates(commands);
      const jobs = (activation.jobs ?? [])
        .filter(({ doUpdate }) => !refused.has(doUpdate?.protocolInstanceId ?? ''))
        .map(removeValidator);
      // An update that a validator rejects is not in the history.
      if (jobs.length === 0) continue;
      const again = await this.activate(workflow, { ...activation, runId, jobs, isReplaying: true });
      const before = commands.filter(
        ({ updateResponse }) => !refused.has(updateResponse?.protocolInstanceId ?? ''),
      );
      if (JSON.stringify(again) !== JSON.stringify(before)) {
        throw new TaskFailedError(
          `does not replay: ${formatCommands(before)} became ${formatCommands(again)}`,
        );
      }
    }
  }

  private async activate(workflow: Workflow, activation: Activation): Promise<readonly Command[]> {
    const completion = await workflow.activate({ ...activation, availableInternalFlags: this.flags });
    const { successful, failed } = completion;
    if (successful == null) throw new TaskFailedError(failed?.failure?.message ?? 'a task failed');
    this.flags = [...(successful.usedInternalFlags ?? [])];
    return successful.commands ?? [];
  }
}

/** The updates that a validator has rejected. */
function findRejectedUpdates(commands: readonly Command[]): Set<string> {
  const answers = commands.flatMap(({ updateResponse }) => updateResponse ?? []);
  const accepted = new Set(answers.flatMap((one) => (one.accepted == null ? [] : one.protocolInstanceId)));
  const rejected = answers.flatMap((one) => (one.rejected == null ? [] : (one.protocolInstanceId ?? '')));
  return new Set(rejected.filter((id) => !accepted.has(id)));
}

function removeValidator(job: Job): Job {
  return job.doUpdate == null ? job : { doUpdate: { ...job.doUpdate, runValidator: false } };
}

function formatCommands(commands: readonly Command[]): string {
  return `[${commands.map((command) => Object.keys(command).join()).join(' ')}]`;
}

/** The order in which the SDK delivers jobs to a workflow. */
export function sortJobs(jobs: readonly Job[]): Job[] {
  const rank = (job: Job): number => {
    if (job.initializeWorkflow != null || job.updateRandomSeed != null) return 0;
    if (job.signalWorkflow != null) return 1;
    return job.doUpdate == null ? 3 : 2;
  };
  return [...jobs].sort((a, b) => rank(a) - rank(b));
}

/** Asks a workflow for its status, as a client does. */
export async function queryStatus(workflow: Workflow, runId: string): Promise<Command | undefined> {
  const jobs = [{ queryWorkflow: { queryId: 'status', queryType: 'status', arguments: [], headers: {} } }];
  const query = coresdk.workflow_activation.WorkflowActivation.fromObject({ runId, jobs });
  const { successful } = await workflow.activate(query);
  return successful?.commands?.[0];
}
