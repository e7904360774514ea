import { faultSchema } from '../../fake-flexperto/control-schemas.js';
import { FAULT_KINDS, classifyFault, LATEST_EFFECT_SECONDS } from '../../chaos/plan/faults.js';
import { planSigning, planSignings } from '../../chaos/plan/signing.js';
import { createKillSchedule } from '../../chaos/plan/kill-schedule.js';
import { createRequest } from '../../chaos/run/start-signing.js';
import { parseRequest } from '../../src/domain/parse-request.js';

const plans = planSignings(1, 200);
const faults = plans.flatMap((plan) => plan.faults);

describe('The plan of a chaos run', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planSignings(1, 200)).toEqual(plans);
    expect(planSignings(2, 200)).not.toEqual(plans);
  });

  it('gives a session the same fate, documents and faults however many others there are', () => {
    expect(planSigning(1, 7)).toEqual(plans[7]);
  });

  it('holds sessions that nobody can mistake for each other, with valid requests of 1 to 20 documents', () => {
    for (const what of ['requestId', 'name'] as const)
      expect(new Set(plans.map((plan) => plan[what])).size).toBe(plans.length);
    expect(plans.flatMap((plan) => parseRequest(createRequest(plan)).problems)).toEqual([]);
    const counts = plans.map(({ documents }) => documents.length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([1, 20]);
  });

  it('holds documents whose order is not that of their names', () => {
    const sorted = plans.filter(({ documents }) => [...documents].sort().join() === documents.join());
    expect(sorted.filter(({ documents }) => documents.length > 6)).toEqual([]);
  });

  it('holds every way in which a session can end, and humans who do not come', () => {
    const fates = new Set(plans.map(({ outcome }) => outcome.kind));
    expect([...fates].sort()).toEqual(
      ['cancelled', 'expired', 'identification-failed', 'signed', 'signed-in-part', 'withdrawn'], // prettier-ignore
    );
    expect(plans.some(({ staysUnresolved }) => staysUnresolved)).toBe(true);
    expect(plans.some(({ startsTwice }) => startsTwice)).toBe(true);
  });

  it.each(['initiate', 'upload-url', 'upload', 'attach', 'list', 'hand-over'] as const)(
    'has faults for %s, each of which the fake understands and hits the calls of one session alone',
    (call) => {
      const own = faults.filter((fault) => fault.call === call);
      expect(own.length).toBeGreaterThan(20);
      for (const fault of own) expect(faultSchema.parse(fault)).toEqual(fault);
      expect(own.every(({ session }) => session !== undefined)).toBe(true);
    },
  );

  it('has every kind of fault', () => {
    expect(new Set(faults.map(classifyFault))).toEqual(new Set(FAULT_KINDS));
  });

  it('lets no call take effect later than a human waits', () => {
    expect(Math.max(...faults.map(({ delaySeconds = 0 }) => delaySeconds))).toBeLessThanOrEqual(
      LATEST_EFFECT_SECONDS,
    );
  });
});

describe('The storm of a chaos run', () => {
  const blows = (seed: number) =>
    Array.from(
      { length: 30 },
      (
        (storm) => () =>
          storm.next().value
      )(createKillSchedule(seed, 2)),
    );

  it('is the same for the same seed, and another for another', () => {
    expect(blows(1)).toEqual(blows(1));
    expect(blows(2)).not.toEqual(blows(1));
  });

  it('hits every worker again and again, and the server within the first few blows', () => {
    const storm = blows(1);
    for (const worker of [0, 1])
      expect(
        storm.filter((blow) => blow.target === 'worker' && blow.workerIndex === worker).length,
      ).toBeGreaterThan(5);
    expect(storm.slice(0, 3).some(({ target }) => target === 'server')).toBe(true);
  });
});
