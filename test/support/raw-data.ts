import type { Client, WorkflowHandle } from '@temporalio/client';

/** A text in a history, and its path: `3.workflowTaskCompletedEventAttributes.identity`. */
export interface HistoryText {
  readonly at: string;
  readonly text: string;
}

/** All texts of a workflow's history, payloads decoded. */
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

/** A payload as the server has it, and its path. */
export interface RawPayload {
  readonly path: string;
  readonly encoding: string;
  readonly keyId: string | undefined;
  readonly data: string;
}

export interface RawFailure {
  readonly path: string;
  readonly message: string;
  readonly stackTrace: string;
}

const LOCAL_ACTIVITY_FIELDS = ['activity_id', 'activity_type', 'attempt', 'backoff', 'complete_time', 'original_schedule_time', 'seq']; // prettier-ignore

/** Whether the SDK wrote this payload beside the result of a local activity: its name and times. */
export function isWrittenBySdk({ path, data }: RawPayload): boolean {
  if (!path.includes('.markerRecordedEventAttributes.details.data.')) return false;
  const names = Object.keys(JSON.parse(data) as object);
  return names.sort().join() === LOCAL_ACTIVITY_FIELDS.join();
}

/** Everything that the server returns about a workflow, undecoded. */
export async function readRawData(client: Client, workflowId: string): Promise<unknown[]> {
  const { namespace } = client.options;
  const execution = { workflowId };
  const { workflowService } = client;
  const { history, nextPageToken } = await workflowService.getWorkflowExecutionHistory({
    namespace,
    execution,
  });
  if (nextPageToken.length > 0) throw new Error('the history has more than one page');
  const described = await workflowService.describeWorkflowExecution({ namespace, execution });
  const listed = await workflowService.listWorkflowExecutions({
    namespace,
    query: `WorkflowId = ${JSON.stringify(workflowId)}`,
  });
  const metadata = await workflowService.queryWorkflow({
    namespace,
    execution,
    query: { queryType: '__temporal_workflow_metadata' },
  });
  return [history, described, listed, metadata];
}

/** All texts and bytes of the data in one string. */
export function collectText(data: unknown): string {
  const texts: string[] = [];
  visit(data, '', (value) => {
    if (typeof value === 'string') texts.push(value);
    if (value instanceof Uint8Array) texts.push(Buffer.from(value).toString('latin1'));
  });
  return texts.join('\n');
}

export function findPayloads(data: unknown): RawPayload[] {
  const found: RawPayload[] = [];
  visit(data, '', (value, path) => {
    if (!isRecord(value) || !isRecord(value['metadata'])) return;
    const { encoding, 'encryption-key-id': keyId } = value['metadata'];
    if (!(encoding instanceof Uint8Array)) return;
    const data = value['data'] instanceof Uint8Array ? utf8(value['data']) : '';
    found.push({
      path,
      encoding: utf8(encoding),
      keyId: keyId instanceof Uint8Array ? utf8(keyId) : undefined,
      data,
    });
  });
  return found;
}

export function findFailures(data: unknown): RawFailure[] {
  const found: RawFailure[] = [];
  visit(data, '', (value, path) => {
    if (!isRecord(value) || !/(failure|lastFailure|cause)$/i.test(path)) return;
    const { message, stackTrace } = value;
    if (typeof message === 'string' && typeof stackTrace === 'string')
      found.push({ path, message, stackTrace });
  });
  return found;
}

function visit(value: unknown, path: string, visitor: (value: unknown, path: string) => void): void {
  visitor(value, path);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  for (const [name, inner] of Object.entries(value)) {
    visitor(name, path);
    visit(inner, `${path}.${name}`, visitor);
  }
}

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
