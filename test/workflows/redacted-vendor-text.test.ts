import { PARTICIPANT } from '../support/signing.js';
import { useTimeSkippingEnvironments } from '../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();

const REASON =
  'DOE, JOHN <john.doe@example.invalid>, 0176 123 456 789, passport C01X00T478: not the same person';

describe("The vendor's text about a document", () => {
  it('names no participant in the status, the result and the history', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start({ method: 'ves' });
    const { sessionId } = await signing.untilState('awaiting-handover');
    fake.handOver(sessionId ?? 0);
    fake.failIdentification(sessionId ?? 0, undefined, REASON);
    await signing.until(({ state }) => state === 'failed').catch(() => undefined);
    const { state, documents } = await signing.result();
    expect(state).toBe('failed');
    const [{ failureReason } = { failureReason: '' }] = documents;
    expect(failureReason).toBe('[hidden] <[hidden]>, [number], passport [number]: not the same person');

    const history = await signing.handle.fetchHistory();
    const polls = (history.events ?? []).flatMap(({ activityTaskCompletedEventAttributes: completed }) =>
      (completed?.result?.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString('utf8')),
    );
    expect(polls.some((result) => result.includes('not the same person'))).toBe(true);
    for (const secret of [...Object.values(PARTICIPANT), 'DOE', '0176', 'C01X'])
      expect(polls.filter((result) => result.includes(secret))).toEqual([]);
  });

  it('is shown unchanged where it is an unknown status, but names no person', async () => {
    const { fake, start, advanceTime } = await createEnvironment();
    const signing = await start();
    const { sessionId, documents } = await signing.untilState('awaiting-handover');
    const [first, second] = documents.map(({ documentId }) => documentId ?? 0);
    fake.setStatus(sessionId ?? 0, first ?? 0, 'ARCHIVED_BY_ADMIN');
    fake.setStatus(sessionId ?? 0, second ?? 0, 'Signed by John\u202e Doe');
    await advanceTime(600);
    const shown = await signing.until((status) => status.documents[0]?.status !== 'ATTACHED');
    expect(shown.documents.map(({ status }) => status)).toEqual(['ARCHIVED_BY_ADMIN', 'Signed by [hidden]']);
  });
});
