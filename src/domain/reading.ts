import { WHOLE_REQUEST, type Problem } from './request.js';

/** Reads one JSON object field by field and collects every problem on the way instead of stopping at the first. */
export interface ObjectReader {
  /** The field's value as it came, `undefined` where it is absent. */
  value(field: string): unknown;
  path(field: string): string;
  report(field: string, message: string): void;
  /** A string that `rule` accepts; otherwise the problem is reported and '' returned. */
  text(field: string, rule: TextRule): string;
  optionalText(field: string, rule: TextRule): string | undefined;
  /** One of the listed words. */
  word<const Word extends string>(field: string, words: readonly Word[], fallback?: Word): Word | undefined;
  /** The elements of an array, no more than there may be; none where it is missing or no array. */
  list(field: string, count: ListRule): readonly unknown[];
}

/** What a text must be: `test` decides, `must` and, of a text that is wrong, `mustBe` complete the sentence "field must be …". */
export interface TextRule {
  readonly must: string;
  /** In characters, those beyond the basic plane as one. */
  readonly longest: number;
  /** As much of the rule as a regular expression can say, in the form of JSON Schema. */
  readonly pattern: string;
  test(text: string): boolean;
  mustBe(text: string): string;
}

export interface ListRule {
  readonly least: number;
  readonly most: number;
  /** Completes the sentence "field must hold …". */
  readonly must: string;
}

/** What is shown of the name of a field that does not exist. */
const LONGEST_NAME = 100;

/** More fields that do not exist are counted: a megabyte of them must not become a hundred of problems. */
const MOST_NAMED = 20;

/**
 * A reader of `value` that reports into `problems`, or `undefined` (and a problem) where `value` is no object.
 * Fields that are not in `fields` are refused by name: a misspelt optional field must not be ignored in silence.
 * Messages name fields and never repeat values, which may be personal data.
 */
export function readObject(
  value: unknown,
  at: string,
  what: string,
  fields: readonly string[],
  problems: Problem[],
): ObjectReader | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({ field: at, message: `must be ${what}, a JSON object` });
    return undefined;
  }
  const object = new Map<string, unknown>(Object.entries(value));
  const path = (field: string): string => (at === '' ? field : `${at}.${field}`);
  const unknown = [...object.keys()].filter((field) => !fields.includes(field));
  const message = `is not a field of ${what}; known are ${fields.join(', ')}`;
  for (const field of unknown.slice(0, MOST_NAMED))
    problems.push({ field: path(field.slice(0, LONGEST_NAME)), message });
  if (unknown.length > MOST_NAMED) {
    const more = unknown.length - MOST_NAMED;
    problems.push({
      field: at === '' ? WHOLE_REQUEST : at,
      message: `has ${more} more fields that are not known`,
    });
  }
  return reader(object, path, problems);
}

function reader(
  object: ReadonlyMap<string, unknown>,
  path: (field: string) => string,
  problems: Problem[],
): ObjectReader {
  const value = (field: string): unknown => object.get(field);
  const report = (field: string, message: string): void => {
    problems.push({ field: path(field), message });
  };
  const absent = (field: string): boolean => value(field) === undefined || value(field) === null;
  const text = (field: string, rule: TextRule): string => {
    const found = value(field);
    if (typeof found === 'string' && rule.test(found)) return found;
    if (typeof found === 'string') report(field, `must be ${rule.mustBe(found)}`);
    else if (absent(field)) report(field, `is missing: it must be ${rule.must}`);
    else report(field, `must be a JSON string: ${rule.must}`);
    return '';
  };
  return {
    value,
    path,
    report,
    text,
    optionalText: (field, rule) => (absent(field) ? undefined : text(field, rule)),
    word: (field, words, fallback) => {
      if (absent(field) && fallback !== undefined) return fallback;
      const word = words.find((candidate) => candidate === value(field));
      if (word === undefined) report(field, `must be one of ${words.join(', ')}`);
      return word;
    },
    list: (field, { least, most, must }) => {
      const found = value(field);
      const list: readonly unknown[] = Array.isArray(found) ? found : [];
      if (!Array.isArray(found) || list.length < least || list.length > most) {
        report(field, `must hold ${must}${Array.isArray(found) ? `, not ${list.length}` : ''}`);
      }
      return list.slice(0, most);
    },
  };
}
