import type { WorkflowHandle } from '@temporalio/client';

/** A piece of text in a history, and where it stands: `3.workflowTaskCompletedEventAttributes.identity`. */
export interface HistoryText {
  readonly at: string;
  readonly text: string;
}

/** Everything that can be read in a workflow's history by whoever may see it, payloads decoded. */
export async function readHistoryTexts(handle: WorkflowHandle): Promise<HistoryText[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap((event, index) => collectTexts(event, String(index + 1)));
}

function collectTexts(value: unknown, at: string): HistoryText[] {
  if (typeof value === 'string') return [{ at, text: value }];
  if (value instanceof Uint8Array) return [{ at, text: Buffer.from(value).toString('utf8') }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => collectTexts(part, `${at}.${key}`));
}
