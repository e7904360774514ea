import { defaultPayloadConverter } from '@temporalio/common';
import type { coresdk, temporal } from '@temporalio/proto';
import type { SigningStatus } from '../../src/domain/status.js';
import type { ScheduleCommand } from './activity-task.js';

export type Payload = temporal.api.common.v1.IPayload;

export const encode = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);

/** The text in a payload; empty without data. */
export function decodeText(payload: Payload | null | undefined): string {
  const value = decode(payload);
  return typeof value === 'string' ? value : '';
}

export function decodeStatus(payload: Payload | null | undefined): SigningStatus {
  return decode(payload) as SigningStatus;
}

/** The activity that a command schedules, local or not. */
export function getScheduleCommand({
  scheduleActivity,
  scheduleLocalActivity,
}: Command): ScheduleCommand | null | undefined {
  return scheduleActivity ?? scheduleLocalActivity;
}

/** The activity that a command cancels, local or not. */
export function getCancelRequest(command: Command): { seq?: number | null } | null | undefined {
  return command.requestCancelActivity ?? command.requestCancelLocalActivity;
}

/** The numbers of the activities whose cancellation these commands request. */
export function getCancelledSeqs(commands: readonly Command[]): Set<number> {
  return new Set(commands.flatMap((command) => getCancelRequest(command)?.seq ?? []));
}

/** The state that a command writes to the search attribute. */
export function getUpsertedState({ upsertWorkflowSearchAttributes }: Command): string | undefined {
  const shown = upsertWorkflowSearchAttributes?.searchAttributes?.indexedFields?.['SigningState'];
  return shown === undefined ? undefined : decodeText(shown);
}

function decode(payload: Payload | null | undefined): unknown {
  return payload == null ? undefined : defaultPayloadConverter.fromPayload(payload);
}

export type Command = coresdk.workflow_commands.IWorkflowCommand;
