import { useTimeSkippingEnvironments } from '../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();

describe('The lifecycle of a signing', () => {
  it('ends as completed after one initiate, one upload and one attach a document', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start();
    await signing.signAll();
    const result = await signing.result();

    expect(result).toMatchObject({ state: 'completed', requestId: signing.requestId, attention: null });
    expect(result.documents.map(({ name, status }) => [name, status])).toEqual([
      ['contract.pdf', 'FINISHED'],
      ['terms.pdf', 'FINISHED'],
    ]);
    expect(fake.ledger.effects('session-initiated')).toHaveLength(1);
    expect(fake.ledger.effects('file-uploaded')).toHaveLength(2);
    expect(fake.ledger.effects('document-attached')).toHaveLength(2);
  });

  it('shows every field of the contract while it waits', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start();
    const status = await signing.untilState('awaiting-handover');
    const [session] = fake.sessions();

    expect(Object.keys(status).sort()).toEqual(
      ['attention', 'crmRecord', 'deadline', 'documents', 'employeeId', 'method', 'name', 'requestId', 'sessionId', 'state', 'updatedAt'], // prettier-ignore
    );
    expect(status).toMatchObject({
      sessionId: session?.id,
      employeeId: '45',
      crmRecord: 'opportunity/0061',
      method: 'aes',
    });
    expect(status.documents).toEqual(
      session?.documents.map(({ name, bytes, sha256, fileId, id }) => ({
        name, bytes, sha256, fileId, documentId: id, signatureFields: 'required', status: 'ATTACHED', failureReason: null,
      })), // prettier-ignore
    );
  });

  it('attaches twenty documents in the order of the request', async () => {
    const { fake, start } = await createEnvironment();
    const documents = Array.from({ length: 20 }, (_, index) => ({
      source: 'file:contract.pdf',
      name: `part-${20 - index}.pdf`,
    }));
    const signing = await start({ documents });
    await signing.untilState('awaiting-handover');
    expect(fake.sessions()[0]?.documents.map(({ name }) => name)).toEqual(documents.map(({ name }) => name));
  });

  it('ends as expired when nobody signs within thirty days', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start();
    const result = await signing.result();
    expect(result.state).toBe('expired');
    expect(result.documents.every(({ status }) => status === 'ATTACHED')).toBe(true);
    // The pause between two polls grows: a month costs some 1,500 polls, not 43,000.
    expect(fake.ledger.entries().filter(({ call }) => call === 'list').length).toBeLessThan(2_500);
    const { events } = await signing.handle.fetchHistory();
    expect(events?.length).toBeLessThan(80);
  });

  it('accepts fractions of a day as a deadline', async () => {
    const { start } = await createEnvironment();
    const signing = await start({ deadlineDays: 0.5 });
    const result = await signing.result();
    const { startTime } = await signing.handle.describe();
    expect(result.state).toBe('expired');
    expect(Date.parse(result.deadline) - startTime.getTime()).toBe(12 * 60 * 60_000);
  });

  it.each([
    ['failed', 'one identification failed, though the other document is finished'],
    ['completed', 'one document was deleted and the other is finished'],
    ['withdrawn', 'all documents were deleted'],
  ])('ends as %s when %s', async (outcome) => {
    const { fake, start } = await createEnvironment();
    const signing = await start({ method: 'qes' });
    const { sessionId, documents } = await signing.untilState('awaiting-handover');
    const id = sessionId ?? 0;
    const [first, second] = documents.map(({ documentId }) => documentId ?? 0);
    fake.handOver(id);
    if (outcome === 'failed') fake.failIdentification(id, first, 'the identity card has expired');
    else fake.remove(id, first);
    if (outcome === 'withdrawn') fake.remove(id, second);
    else fake.sign(id, second);
    const result = await signing.result();
    expect(result.state).toBe(outcome);
    if (outcome === 'failed')
      expect(result.documents[0]?.failureReason).toBe('the identity card has expired');
  });

  it('keeps an unknown status of the vendor as it came, and goes on waiting', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start();
    const { sessionId, documents } = await signing.untilState('awaiting-handover');
    fake.handOver(sessionId ?? 0);
    fake.setStatus(sessionId ?? 0, documents[0]?.documentId ?? 0, 'NOTARISED');
    await signing.handle.signal('checkNow');
    const status = await signing.untilState('awaiting-signature');
    expect(status.documents[0]?.status).toBe('NOTARISED');
  });

  it('hands the contract session over where the call is configured', async () => {
    const { fake, start } = await createEnvironment({
      handOver: 'POST /api/v2/contracts/{sessionId}/handover',
    });
    const signing = await start();
    await signing.untilState('awaiting-signature');
    expect(fake.ledger.effects('session-handed-over')).toHaveLength(1);
    fake.sign(fake.sessions()[0]?.id ?? 0);
    expect((await signing.result()).state).toBe('completed');
  });

  it.each([
    ['attach is a GET with a body', { attach: 'GET' as const }],
    ['attach answers with an empty body', { attachAnswer: 'empty' as const }],
    ['the list is an object around the array', { listShape: 'object' as const }],
  ])('completes where %s', async (_, vendor) => {
    const { fake, start } = await createEnvironment({ vendor });
    const signing = await start();
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');
    expect(fake.ledger.effects('document-attached')).toHaveLength(2);
  });

  it('polls immediately when checkNow asks for it', async () => {
    const { fake, start, advanceTime } = await createEnvironment({ firstPollMs: 24 * 60 * 60_000 });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    const polls = (): number => fake.ledger.entries().filter(({ call }) => call === 'list').length;
    await signing.until(() => polls() === 1);
    // The time-skipping server loses a cancellation that meets the very end of an attempt (ACTIVITY_UNKNOWN).
    await advanceTime(60);
    await signing.handle.signal('checkNow');
    await signing.until(() => polls() === 2);
  });
});
