import fc from 'fast-check';
import {
  type Call,
  DECISIONS,
  type Decision,
  FAULTLESS_SCHEDULE,
  type Fault,
  HARMLESS_DECISIONS,
  type Injection,
  OPERATOR_ACTIONS,
  PAUSE_ENDS,
  PERSON_ACTIONS,
  type Schedule,
  WORKER_FAULTS,
  isHonest,
} from './schedule.js';

const HOUR = 60 * 60_000;

const notSentFault = fc.constant<Fault>({ answer: 'not-sent' });
const busyFault: fc.Arbitrary<Fault> = fc.record({
  answer: fc.constant('refused' as const),
  status: fc.constantFrom(429, 503),
  retryAfterMs: fc.constantFrom(0, 1_000, 120_000, HOUR),
});
const refusedFault: fc.Arbitrary<Fault> = fc.record({
  answer: fc.constant('refused' as const),
  status: fc.constantFrom(400, 401, 403, 404, 409, 410, 413, 422, 429),
});
const effect = fc.constantFrom('none' as const, 'immediate' as const, 'late' as const);
const unknownOutcomeFault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ answer: fc.constant('unknown-outcome' as const), effect }) },
  fc.record({
    answer: fc.constant('unknown-outcome' as const),
    effect,
    status: fc.constantFrom(408, 500, 502, 504),
  }),
);
/** As late as a proxy of the vendor waits, or a little later than the polls after a reset. */
const noResponseFault = fc.record({
  answer: fc.constant('no-response' as const),
  laterMs: fc.constantFrom(null, 5_000, 50_000, 200_000),
});
const emptySuccessFault = fc.constant<Fault>({ answer: 'empty-success' });
const malformedResponseFault = fc.constant<Fault>({ answer: 'malformed-response' });
const sourceFault = fc.oneof(
  fc.constant<Fault>({ answer: 'document-changed' }),
  fc.boolean().map((isTransient): Fault => ({ answer: 'document-unavailable', isTransient })),
);

function arbitraryFaults(call: Call, maxLength: number): fc.Arbitrary<(Fault | null)[]> {
  const fault = fc.oneof(
    { weight: 3, arbitrary: unknownOutcomeFault },
    { weight: 2, arbitrary: refusedFault },
    busyFault,
    notSentFault,
    malformedResponseFault,
    ...(call === 'upload' ? [sourceFault] : []),
    ...(call === 'attach' || call === 'hand-over' ? [noResponseFault] : []),
    ...(call === 'attach' ? [emptySuccessFault] : []),
  );
  const one = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 4, arbitrary: fault });
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<(Fault | null)[]>([]) },
    { weight: 2, arbitrary: fc.array<Fault | null>(one, { maxLength }) },
  );
}

const arbitraryDecision = (honest: boolean): fc.Arbitrary<Decision> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Decision>('honest') },
    { weight: 4, arbitrary: fc.constantFrom(...(honest ? HARMLESS_DECISIONS : DECISIONS)) },
  );

const outcome = fc.oneof(
  fc.constantFrom('completed', 'failed', 'withdrawn').map((word) => ({ outcome: word })),
  fc.constantFrom<unknown>({ outcome: 'failed', reason: 'no' }, { outcome: 'lost' }, {}, null, {
    outcome: 'completed',
    at: 1,
  }),
);

const personAction = fc.record({ action: fc.constantFrom(...PERSON_ACTIONS), document: fc.nat({ max: 4 }) });
/** The usual course: a hand-over, then one action for each document. */
const usualActions = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant('sign' as const) },
      fc.constantFrom('fail' as const, 'delete' as const),
    ),
    { minLength: 5, maxLength: 5 },
  )
  .map((actions) => [
    { action: 'hand-over' as const, document: 0 },
    ...actions.map((action, document) => ({ action, document })),
  ]);
const pause = fc.oneof(fc.nat({ max: 10_000 }), fc.nat({ max: 2 * HOUR }));

function arbitraryInjection(honest: boolean, infrastructure: boolean): fc.Arbitrary<Injection> {
  const byAnybody: fc.Arbitrary<Injection>[] = [
    fc.constant({ type: 'checkNow' }),
    fc.constant({ type: 'cancel' }),
    arbitraryDecision(honest).map((decision) => ({ type: 'decide', decision })),
    outcome.map((recorded) => ({ type: 'record', outcome: recorded })),
    personAction.map((done) => ({ type: 'person-action', ...done })),
  ];
  const byOperators: fc.Arbitrary<Injection>[] = [
    fc.constant({ type: 'evict' }),
    fc.constant({ type: 'suggest-continue-as-new' }),
    fc.constantFrom(...OPERATOR_ACTIONS).map((action) => ({ type: 'operator', action })),
    fc.tuple(pause, fc.constantFrom(...PAUSE_ENDS)).map(([forMs, end]) => ({ type: 'pause', forMs, end })),
    pause.map((forMs) => ({ type: 'pause-workflow', forMs })),
    fc.nat({ max: 8 }).map((tasks) => ({ type: 'reset', tasks })),
  ];
  return fc.oneof(...byAnybody, ...(infrastructure ? byOperators : []));
}

export interface ScheduleBounds {
  /** Whether evictions, continue-as-new, resets and lost workers happen. */
  readonly infrastructure: boolean;
  readonly deadlinesMs: readonly number[];
}

/** Any course of a signing. Shrinks towards one document without faults. */
export function arbitrarySchedule({ infrastructure, deadlinesMs }: ScheduleBounds): fc.Arbitrary<Schedule> {
  return fc.boolean().chain((honest) =>
    fc.record<Schedule>({
      documents: fc.integer({ min: 1, max: 5 }),
      deadlineMs: fc.constantFrom(...deadlinesMs),
      tenant: fc.record({
        list: usually(true),
        listNamesFiles: usually(true),
        handsOver: usually(false),
        attachAnswers: usually(true),
        listKeepsNames: usually(true),
        fileLifetimeMs: fc.constantFrom(31 * 24 * HOUR, 31 * 24 * HOUR, HOUR),
        returnsFileExpiry: usually(true),
      }),
      documentCheck: fc.oneof(
        { weight: 12, arbitrary: fc.constant('good' as const) },
        fc.constantFrom('unavailable-once' as const, 'gone-later' as const, 'bad' as const),
      ),
      faults: fc.record({
        initiate: arbitraryFaults('initiate', 4),
        'upload-url': arbitraryFaults('upload-url', 4),
        upload: arbitraryFaults('upload', 10),
        attach: arbitraryFaults('attach', 6),
        list: arbitraryFaults('list', 8),
        'hand-over': arbitraryFaults('hand-over', 4),
      }),
      workerFaults: infrastructure
        ? fc.array(
            fc.record({
              attempt: fc.nat({ max: 25 }),
              workerFault: fc.constantFrom(...WORKER_FAULTS),
            }),
            { maxLength: 2 },
          )
        : fc.constant([]),
      decisions: fc.array(fc.record({ afterMs: pause, decision: arbitraryDecision(honest) }), {
        maxLength: 8,
      }),
      hasHonestFallback: usually(true),
      personActions: fc
        .oneof({ weight: 3, arbitrary: usualActions }, fc.array(personAction, { maxLength: 8 }))
        .chain((actions) => fc.tuple(fc.constant(actions), fc.array(pause, { minLength: 8, maxLength: 8 })))
        .map(([actions, pauses]) => actions.map((one, index) => ({ ...one, afterMs: pauses[index] ?? 0 }))),
      injections: fc.array(
        fc.record({
          call: fc.nat({ max: 20 }),
          moment: fc.constantFrom('before-effect' as const, 'before-answer' as const, 'later' as const),
          laterMs: pause,
          injection: arbitraryInjection(honest, infrastructure),
        }),
        { maxLength: 4 },
      ),
      delaysMs: fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 100 }), fc.nat({ max: 20_000 })), {
        minLength: 1,
        maxLength: 12,
      }),
    }),
  );
}

function usually(value: boolean): fc.Arbitrary<boolean> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(value) },
    { weight: 1, arbitrary: fc.constant(!value) },
  );
}

/** What differs from a faultless schedule, for the reader of a failure. */
export function describeSchedule(schedule: Schedule): string {
  const unusual = Object.entries(schedule).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(FAULTLESS_SCHEDULE[key as keyof Schedule]),
  );
  return `${isHonest(schedule) ? 'honest decisions, ' : ''}${JSON.stringify(Object.fromEntries(unusual), null, 1)}`;
}
