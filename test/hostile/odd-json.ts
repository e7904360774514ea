import fc from 'fast-check';

/** Texts that programs often mishandle: keys of every object, line ends, half characters, text directions, names of numbers. */
const ODD_TEXTS = [
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', ' ', '\u0000', '\r\n', '\u2028', '\u202e', '\ud800',
  '\udfff\ud800', '\ufeff', '𝒳', 'İ', 'ß'.repeat(300), '%00', '%', '../..', '..\\..', 'file:', 'https://', 'https://[', 'file:\u0000',
  'https://a@b', 'javascript:1', 'NaN', '1e309', '-0', 'null', 'undefined', '{{7*7}}', '${7}', "' OR 1=1 --", '<script>', '=1+1',
  'x'.repeat(10_000), '\u0000'.repeat(2_000), 'a@'.repeat(2_000), '+'.repeat(2_000), '0'.repeat(2_000), '\\"'.repeat(2_000),
]; // prettier-ignore

export const arbitraryOddText = fc.oneof(
  { arbitrary: fc.constantFrom(...ODD_TEXTS), weight: 2 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 60 }), weight: 1 },
  { arbitrary: fc.webUrl(), weight: 1 },
);

/** Any JSON value, as `JSON.parse` returns it: a key `__proto__` is a field like any other. */
export const arbitraryJson: fc.Arbitrary<unknown> = fc
  .letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      arbitraryOddText,
      fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constantFrom(1e308, -0, 2 ** 53)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 6 }),
      fc.array(fc.tuple(arbitraryOddText, tie('value')), { maxLength: 6 }).map(objectOf),
    ),
  }))
  .value.map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** An object with these own fields, whatever their names. */
export function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

/** A valid value with oddities in any of its fields and elements, at any depth. */
export function withOddities(valid: unknown): fc.Arbitrary<unknown> {
  return fc
    .array(fc.tuple(fc.nat(60), arbitraryJson, arbitraryOddText, fc.boolean()), {
      minLength: 1,
      maxLength: 3,
    })
    .map((odd) =>
      odd.reduce<unknown>((value, [index, other, key, isMore]) => {
        const changed: unknown = structuredClone(value);
        const fields = findFields(changed);
        const [holder, field] = fields[index % Math.max(1, fields.length)] ?? [undefined, ''];
        if (holder === undefined) return other;
        Object.defineProperty(holder, isMore && !Array.isArray(holder) ? key : field, {
          value: other,
          enumerable: true,
          configurable: true,
          writable: true,
        });
        return changed;
      }, valid),
    );
}

function findFields(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    [value, key] as [object, string],
    ...findFields(part),
  ]);
}
