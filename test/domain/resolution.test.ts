import fc from 'fast-check';
import {
  appendRetryTime,
  describeActions,
  validateOutcome,
  validateResolution,
} from '../../src/domain/resolution.js';
import { ACTIONS, type Action, type Attention, type Step } from '../../src/domain/status.js';

const SINCE = '2026-12-01T12:00:00.000Z';
const createAttention = (step: Step, ...actions: Action[]): Attention => ({
  id: `${step}-1`,
  step,
  reason: 'initiate: no answer within 30 s',
  actions,
  since: SINCE,
});
const unknownInitiate = createAttention('initiate', 'retry', 'adopt', 'abort');
const unknownAttach = createAttention('attach', 'retry', 'adopt', 'abort');
const refusedUpload = createAttention('upload', 'retry', 'abort');

/** A decision on the open attention. */
const decideOn = (attention: Attention, decision: object): object => ({
  attentionId: attention.id,
  ...decision,
});

test.each([
  [{ action: 'retry' }, unknownInitiate],
  [{ action: 'adopt', sessionId: 13 }, unknownInitiate],
  [{ action: 'abort', reason: 'the customer came to the branch' }, unknownInitiate],
  [{ action: 'adopt' }, unknownAttach],
  [{ action: 'retry' }, refusedUpload],
  [{ action: 'abort', reason: 'r'.repeat(1000) }, refusedUpload],
])('%j is accepted where it is possible', (resolution, attention) => {
  expect(validateResolution(decideOn(attention, resolution), { attention })).toBeUndefined();
});

test.each([
  [{ action: 'adopt' }, unknownInitiate, /^To adopt, name the contract session/],
  [{ action: 'adopt', sessionId: '13' }, unknownInitiate, /^To adopt, name the contract session/],
  [{ action: 'adopt', sessionId: 0 }, unknownInitiate, /^To adopt, name the contract session/],
  [{ action: 'adopt', sessionId: 1.5 }, unknownInitiate, /^To adopt, name the contract session/],
  [
    { action: 'adopt', sessionId: 13 },
    unknownAttach,
    /^"sessionId" is not a field of this decision\. Possible: /,
  ],
  [
    { action: 'adopt' },
    refusedUpload,
    /^Not possible here\. Possible: \{"attentionId":"upload-1","action":"retry"\} or \{"attentionId":"upload-1","action":"abort"/,
  ],
  [{ action: 'abort' }, unknownAttach, /^An abort needs a reason/],
  [{ action: 'abort', reason: '  ' }, unknownAttach, /^An abort needs a reason/],
  [{ action: 'abort', reason: 'r'.repeat(1001) }, unknownAttach, /^An abort needs a reason/],
  [{ action: 'retry', reason: 'again' }, unknownAttach, /^"reason" is not a field of this decision/],
])('%j is rejected with a sentence that says what is possible', (resolution, attention, sentence) => {
  expect(validateResolution(decideOn(attention, resolution), { attention })).toMatch(sentence);
});

test.each(['retry', null, [{ attentionId: 'attach-1', action: 'retry' }]])(
  '%j is rejected, since it is not a decision',
  (given) => {
    expect(validateResolution(given, { attention: unknownAttach })).toMatch(/^Not possible here/);
  },
);

test.each([
  ['without an attention', { action: 'retry' }, /^A decision must name the attention that it answers/],
  [
    'on an older attention',
    { attentionId: 'initiate-0', action: 'retry' },
    /^This decision answers an attention/,
  ],
  [
    'whose attentionId is no text',
    { attentionId: 7, action: 'retry' },
    /^This decision answers an attention/,
  ],
])('a decision %s is rejected with what is open and what is possible', (_, given, sentence) => {
  const refusal = validateResolution(given, { attention: unknownInitiate });
  expect(refusal).toMatch(sentence);
  expect(refusal).toContain(`one is about initiate, since ${SINCE}`);
  expect(refusal).toContain('{"attentionId":"initiate-1","action":"retry"}');
});

test('nothing can be resolved without an attention, or after an abort has left no action', () => {
  const sentence = 'There is nothing to resolve: the signing does not need attention.';
  expect(validateResolution({ action: 'retry' }, { attention: null })).toBe(sentence);
  expect(
    validateResolution(decideOn(unknownAttach, { action: 'retry' }), {
      attention: createAttention('attach'),
    }),
  ).toBe(sentence);
});

describe('On a closed attention', () => {
  const closed = [
    { attentionId: 'initiate-0', action: 'retry' },
    { attentionId: 'initiate-1', action: 'adopt', sessionId: 13 },
    { attentionId: 'await-completion-1', action: null },
  ] as const;

  test.each([null, unknownAttach])('the same decision again is accepted', (attention) => {
    for (const decision of closed.slice(0, 2))
      expect(validateResolution(decision, { attention, closed })).toBeUndefined();
  });

  test.each([
    [
      { attentionId: 'initiate-0', action: 'abort', reason: 'no' },
      'initiate-0 is already resolved, with retry;',
    ],
    [
      { attentionId: 'initiate-0', action: 'retry', reason: 'no' },
      'initiate-0 is already resolved, with retry;',
    ],
    [{ attentionId: 'initiate-1', action: 'adopt', sessionId: 14 }, 'with adopt of contract session 13;'],
    [{ attentionId: 'initiate-1', action: 'retry' }, 'with adopt of contract session 13;'],
    [
      { attentionId: 'await-completion-1', action: 'retry' },
      'is closed: the signing continued without a decision',
    ],
  ])('another decision, %j, is rejected with the earlier one', (given, sentence) => {
    for (const attention of [null, unknownAttach])
      expect(validateResolution(given, { attention, closed })).toContain(sentence);
  });
});

test('a retry that is too early is rejected with its time; the other actions are possible immediately', () => {
  const retryNotBefore = Date.parse('2026-12-01T12:01:59.500Z');
  const at = (action: object, now: number): string | undefined =>
    validateResolution(decideOn(unknownInitiate, action), {
      attention: unknownInitiate,
      retryNotBefore,
      now,
    });
  const shown = '2026-12-01 12:02:00 UTC';
  expect(at({ action: 'retry' }, retryNotBefore - 1)).toMatch(`send retry from ${shown} on`);
  expect(appendRetryTime('no answer', retryNotBefore)).toContain(`A retry is possible from ${shown} on`);
  expect(at({ action: 'retry' }, retryNotBefore)).toBeUndefined();
  expect(at({ action: 'adopt', sessionId: 13 }, 0)).toBeUndefined();
  expect(at({ action: 'abort', reason: 'no' }, 0)).toBeUndefined();
});

test('every input gets an answer, and only a possible action of the open attention is accepted', () => {
  const resolution = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        attentionId: fc.constantFrom('open', 'older'),
        action: fc.constantFrom(...ACTIONS, 'stop'),
        sessionId: fc.jsonValue(),
        reason: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
  );
  const attention = fc.record({
    id: fc.constant('open'),
    step: fc.constantFrom<Step>('initiate', 'upload', 'attach', 'hand-over'),
    reason: fc.string(),
    actions: fc.subarray([...ACTIONS]),
    since: fc.constant(SINCE),
  });
  fc.assert(
    fc.property(resolution, attention, (given, shown) => {
      if (validateResolution(given, { attention: shown }) !== undefined) return;
      expect(shown.actions).toContain((given as { action: unknown }).action);
      expect(given).toHaveProperty('attentionId', 'open');
    }),
  );
});

test('the possible actions are described as the JSON to send, which is accepted', () => {
  for (const attention of [unknownInitiate, unknownAttach, refusedUpload]) {
    const descriptions = describeActions(attention).split(' or ');
    expect(descriptions).toHaveLength(attention.actions.length);
    for (const json of descriptions)
      expect(validateResolution(JSON.parse(json), { attention })).toBeUndefined();
  }
});

const WAITING = { isWaiting: true, listWorks: false };

test.each([
  { outcome: 'completed' },
  { outcome: 'failed', reason: 'identification' },
  { outcome: 'withdrawn', reason: null },
])('the outcome %j can be recorded where the tenant has no list call', (outcome) => {
  expect(validateOutcome(outcome, WAITING)).toBeUndefined();
});

test.each([
  [{ outcome: 'expired' }, /^An outcome is \{"outcome":"completed"\|"failed"\|"withdrawn"/],
  [{}, /^An outcome is/],
  ['completed', /^An outcome is/],
  [{ outcome: 'failed', why: 'x' }, /^"why" is not a field of an outcome/],
  [{ outcome: 'failed', reason: 7 }, /^A reason is a text/],
  [{ outcome: 'failed', reason: '' }, /^A reason is a text/],
])('the outcome %j is rejected with one sentence', (outcome, sentence) => {
  expect(validateOutcome(outcome, WAITING)).toMatch(sentence);
});

test('an outcome is not recorded where the list call works, nor before the signing waits for it', () => {
  const outcome = { outcome: 'completed' };
  expect(validateOutcome(outcome, { isWaiting: true, listWorks: true })).toMatch(
    /reads the outcome from flexperto; send checkNow/,
  );
  expect(validateOutcome(outcome, { isWaiting: false, listWorks: false })).toMatch(
    /only while the signing waits/,
  );
});

test('a message shows the first 100 characters of the name of an unknown field', () => {
  const field = { ['x'.repeat(100_000)]: 1 };
  const refusals = [
    validateResolution(decideOn(unknownAttach, { action: 'retry', ...field }), { attention: unknownAttach }),
    validateOutcome({ outcome: 'completed', ...field }, { isWaiting: true, listWorks: false }),
  ];
  for (const refusal of refusals) expect(refusal).toMatch(/^"x{100}" is not a field of .{1,300}$/);
});
