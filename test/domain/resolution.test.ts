import fc from 'fast-check';
import { describeActions, refuseOutcome, refuseResolution } from '../../src/domain/resolution.js';
import { ACTIONS, type Action, type Attention, type Step } from '../../src/domain/status.js';

const attention = (step: Step, ...actions: Action[]): Attention => ({
  step,
  reason: 'initiate: no answer within 30 s',
  actions,
});
const unclearInitiate = attention('initiate', 'retry', 'adopt', 'abort');
const unclearAttach = attention('attach', 'retry', 'adopt', 'abort');
const refusedUpload = attention('upload', 'retry', 'abort');

test.each([
  [{ action: 'retry' }, unclearInitiate],
  [{ action: 'adopt', sessionId: 13 }, unclearInitiate],
  [{ action: 'abort', reason: 'the customer came to the branch' }, unclearInitiate],
  [{ action: 'adopt' }, unclearAttach],
  [{ action: 'retry' }, refusedUpload],
  [{ action: 'abort', reason: 'r'.repeat(1000) }, refusedUpload],
])('%j is accepted where it is possible', (resolution, now) => {
  expect(refuseResolution(resolution, now)).toBeUndefined();
});

test.each([
  [{ action: 'adopt' }, unclearInitiate, /^To adopt, name the contract session/],
  [{ action: 'adopt', sessionId: '13' }, unclearInitiate, /^To adopt, name the contract session/],
  [{ action: 'adopt', sessionId: 0 }, unclearInitiate, /^To adopt, name the contract session/],
  [{ action: 'adopt', sessionId: 1.5 }, unclearInitiate, /^To adopt, name the contract session/],
  [{ action: 'adopt', sessionId: 13 }, unclearAttach, /^"sessionId" has no place here\. Possible: /],
  [
    { action: 'adopt' },
    refusedUpload,
    /^Not possible here\. Possible: \{"action":"retry"\} or \{"action":"abort"/,
  ],
  [{ action: 'abort' }, unclearAttach, /^An abort needs a reason/],
  [{ action: 'abort', reason: '  ' }, unclearAttach, /^An abort needs a reason/],
  [{ action: 'abort', reason: 'r'.repeat(1001) }, unclearAttach, /^An abort needs a reason/],
  [{ action: 'retry', reason: 'again' }, unclearAttach, /^"reason" has no place here/],
  ['retry', unclearAttach, /^Not possible here/],
  [null, unclearAttach, /^Not possible here/],
  [[{ action: 'retry' }], unclearAttach, /^Not possible here/],
])('%j is refused with a sentence that says what is possible', (resolution, now, sentence) => {
  expect(refuseResolution(resolution, now)).toMatch(sentence);
});

test('nothing can be resolved where nothing needs attention, or once an abort has left no action', () => {
  const sentence = 'There is nothing to resolve: the session does not need attention.';
  expect(refuseResolution({ action: 'retry' }, null)).toBe(sentence);
  expect(refuseResolution({ action: 'retry' }, attention('attach'))).toBe(sentence);
});

test('whatever is sent is answered, and only what names a possible action is accepted', () => {
  const resolution = fc.oneof(
    fc.jsonValue(),
    fc.record(
      { action: fc.constantFrom(...ACTIONS, 'stop'), sessionId: fc.jsonValue(), reason: fc.jsonValue() },
      { requiredKeys: [] },
    ),
  );
  const now = fc.record({
    step: fc.constantFrom<Step>('initiate', 'upload', 'attach', 'hand-over'),
    reason: fc.string(),
    actions: fc.subarray([...ACTIONS]),
  });
  fc.assert(
    fc.property(resolution, now, (given, shown) => {
      if (refuseResolution(given, shown) !== undefined) return;
      expect(shown.actions).toContain((given as { action: unknown }).action);
    }),
  );
});

test('what is possible is told as the JSON that is to be sent, and what it tells is accepted', () => {
  for (const now of [unclearInitiate, unclearAttach, refusedUpload]) {
    const offered = describeActions(now).split(' or ');
    expect(offered).toHaveLength(now.actions.length);
    for (const json of offered) expect(refuseResolution(JSON.parse(json), now)).toBeUndefined();
  }
});

const waiting = { waiting: true, listWorks: false };

test.each([
  { outcome: 'completed' },
  { outcome: 'failed', reason: 'identification' },
  { outcome: 'withdrawn', reason: null },
])('the outcome %j can be recorded where the tenant has no list call', (outcome) => {
  expect(refuseOutcome(outcome, waiting)).toBeUndefined();
});

test.each([
  [{ outcome: 'expired' }, /^An outcome is \{"outcome":"completed"\|"failed"\|"withdrawn"/],
  [{}, /^An outcome is/],
  ['completed', /^An outcome is/],
  [{ outcome: 'failed', why: 'x' }, /^"why" has no place here/],
  [{ outcome: 'failed', reason: 7 }, /^A reason is a text/],
  [{ outcome: 'failed', reason: '' }, /^A reason is a text/],
])('the outcome %j is refused with one sentence', (outcome, sentence) => {
  expect(refuseOutcome(outcome, waiting)).toMatch(sentence);
});

test('an outcome is not recorded where flexperto itself tells it, nor before the session waits for it', () => {
  const outcome = { outcome: 'completed' };
  expect(refuseOutcome(outcome, { waiting: true, listWorks: true })).toMatch(
    /read from flexperto; send checkNow/,
  );
  expect(refuseOutcome(outcome, { waiting: false, listWorks: false })).toMatch(
    /only while the session waits/,
  );
});

test('of the name of a field that has no place no more is repeated than reads well', () => {
  const field = { ['x'.repeat(100_000)]: 1 };
  const refusals = [
    refuseResolution({ action: 'retry', ...field }, unclearAttach),
    refuseOutcome({ outcome: 'completed', ...field }, { waiting: true, listWorks: false }),
  ];
  for (const refusal of refusals) expect(refusal).toMatch(/^"x{100}" has no place here.{1,300}$/);
});
