import fc from 'fast-check';
import { describeProblems, parseRequest } from '../../src/domain/parse-request.js';
import { validateOutcome, validateResolution } from '../../src/domain/resolution.js';
import type { Attention } from '../../src/domain/status.js';
import { REQUEST } from '../support/requests.js';
import { arbitraryJson, arbitraryOddText, withOddities } from './odd-json.js';
import { runOptions } from './property-runs.js';

const VALID_REQUEST = {
  ...REQUEST,
  crmRecord: 'opportunity/0061',
  callbackUrl: 'https://crm.example.invalid/hooks',
  deadlineDays: 30,
};
/** A valid request with arbitrary text in each field that may take it. */
const plausible = fc
  .tuple(arbitraryOddText, arbitraryOddText, arbitraryOddText, arbitraryOddText)
  .map(([name, firstname, lastname, source]) => ({
    ...VALID_REQUEST,
    name,
    participants: [{ ...VALID_REQUEST.participants[0], firstname, lastname }],
    documents: [{ source: source.startsWith('https:') ? source : `file:${source}`, name: 'a.pdf' }],
  }));
const input = fc.oneof(
  { arbitrary: withOddities(VALID_REQUEST), weight: 3 },
  { arbitrary: plausible, weight: 1 },
  { arbitrary: arbitraryJson, weight: 1 },
);

const FIELDS =
  /^(request|requestId|employeeId|name|method|participants|documents|crmRecord|callbackUrl|deadlineDays)/;

describe('A request that is odd in any way', () => {
  it('is parsed without an error, and every problem names a field briefly', () => {
    fc.assert(
      fc.property(input, (request) => {
        const { problems } = parseRequest(request);
        for (const { field, message } of problems) {
          expect(field.length + message.length).toBeLessThan(600);
          expect(message).not.toBe('');
          // The problem quotes the name of an unknown field unchanged.
          if (!message.startsWith('is not a field')) expect(field).toMatch(FIELDS);
        }
        expect(describeProblems(problems).length).toBeLessThan(60_000);
      }),
      runOptions(1000),
    );
  });

  it('is refused, or passes unchanged through JSON, Temporal and a second parse', () => {
    let sound = 0;
    fc.assert(
      fc.property(input, (given) => {
        const { request, problems } = parseRequest(given);
        if (problems.length > 0) return;
        sound += 1;
        const again = parseRequest(JSON.parse(Buffer.from(JSON.stringify(request), 'utf8').toString('utf8')));
        expect(again).toEqual({ input: request, request, problems: [] });
        const { requestId, participants, documents } = request;
        expect([participants.length, documents.length > 0]).toEqual([1, true]);
        expect(encodeURIComponent(requestId).length).toBeLessThan(700);
        expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThan(200_000);
      }),
      runOptions(1000),
    );
    expect(sound).toBeGreaterThan(20);
  });

  it('does not change the prototype of all objects', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const polluting = fc
      .constantFrom('__proto__', 'constructor', 'prototype')
      .map(
        (key) =>
          JSON.parse(
            JSON.stringify({ ...VALID_REQUEST, documents: [{ source: 'file:a.pdf' }] }).replaceAll(
              '"name"',
              `"${key}"`,
            ),
          ) as unknown,
      );
    fc.assert(
      fc.property(polluting, (request) => {
        const fields = parseRequest(request).problems.map(({ field }) => field);
        expect(fields).toContainEqual(expect.stringMatching(/^(__proto__|constructor|prototype)$/));
      }),
      runOptions(3),
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as { name?: unknown }).name).toBeUndefined();
  });
});

describe('A decision that is odd in any way', () => {
  const SINCE = '2026-12-01T12:00:00.000Z';
  const attention = fc.constantFrom<Attention | null>(
    null,
    { id: 'a', step: 'initiate', reason: 'unclear', actions: ['retry', 'adopt', 'abort'], since: SINCE },
    { id: 'a', step: 'attach', reason: 'unclear', actions: ['retry', 'adopt', 'abort'], since: SINCE },
    { id: 'a', step: 'upload', reason: 'refused', actions: ['retry', 'abort'], since: SINCE },
    { id: 'a', step: 'upload', reason: 'aborted', actions: [], since: SINCE },
  );
  const resolution = fc.oneof(
    arbitraryJson,
    withOddities({ attentionId: 'a', action: 'adopt', sessionId: 13 }),
    withOddities({ attentionId: 'a', action: 'abort', reason: 'a mistake' }),
  );

  it('is refused in one sentence unless the signing offers it', () => {
    fc.assert(
      fc.property(resolution, attention, (given, shown) => {
        const refusal = validateResolution(given, { attention: shown });
        if (refusal !== undefined) expect(refusal).toMatch(/^.{10,1000}\.$/s);
        else expect(shown?.actions).toContain((given as { action: unknown }).action);
      }),
      runOptions(1000),
    );
  });

  it('is refused as an outcome too', () => {
    const outcome = fc.oneof(arbitraryJson, withOddities({ outcome: 'failed', reason: 'wrong passport' }));
    fc.assert(
      fc.property(outcome, (given) => {
        const refusal = validateOutcome(given, { isWaiting: true, listWorks: false });
        if (refusal !== undefined) expect(refusal).toMatch(/^.{10,1000}\.$/s);
        else expect(['completed', 'failed', 'withdrawn']).toContain((given as { outcome: unknown }).outcome);
      }),
      runOptions(1000),
    );
  });
});
