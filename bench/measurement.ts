/** A bound on the ratio to the reference, or on the measurement's median or maximum. */
export interface Target {
  readonly of: 'ratio' | 'median' | 'max';
  readonly atMost?: number;
  readonly atLeast?: number;
  /** What the measured median may exceed `atMost` times the reference by, in the measurement's unit; for ratios. */
  readonly allowance?: number;
}

/** One line of the table: the measured values of all rounds, and the reference of the same rounds. */
export interface Measurement {
  readonly name: string;
  readonly unit: 'ms' | 'MB' | 'KB' | '/s' | '%' | '';
  readonly measured: readonly number[];
  readonly reference?: readonly number[];
  /** Absent: only reported. */
  readonly target?: Target;
}

export interface Distribution {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** A measurement as it is printed and written. `ratio` is that of the medians; `reached` is null without a target. */
export interface Summary {
  readonly name: string;
  readonly unit: Measurement['unit'];
  readonly rounds: number;
  readonly measured: Distribution;
  readonly reference: Distribution | null;
  readonly ratio: number | null;
  readonly target: Target | null;
  readonly reached: boolean | null;
}

export function summarize({ name, unit, measured, reference, target }: Measurement): Summary {
  const own = computeDistribution(measured);
  const other = reference === undefined ? null : computeDistribution(reference);
  const ratio = other === null ? null : own.median / other.median;
  const reached = target === undefined ? null : meetsTarget(target, own, other);
  return {
    name,
    unit,
    rounds: measured.length,
    measured: own,
    reference: other,
    ratio,
    target: target ?? null,
    reached,
  };
}

function computeDistribution(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    min: at(0),
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    max: at(sorted.length - 1),
  };
}

function meetsTarget(
  { of, atMost = Infinity, atLeast = -Infinity, allowance = 0 }: Target,
  measured: Distribution,
  reference: Distribution | null,
): boolean {
  if (of !== 'ratio') return measured[of] <= atMost && measured[of] >= atLeast;
  const { median } = reference ?? { median: NaN };
  return measured.median <= atMost * median + allowance && measured.median >= atLeast * median;
}
