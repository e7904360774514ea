import { WHOLE_REQUEST, type Problem } from './request.js';

/** Reads one JSON object field by field and collects every problem on the way instead of stopping at the first. */
export interface ObjectReader {
  /** The field's value as it came, `undefined` where it is absent. */
  getValue(field: string): unknown;
  getPath(field: string): string;
  report(field: string, message: string): void;
  /** A string that `rule` accepts; otherwise the problem is reported and '' returned. */
  readText(field: string, rule: TextRule): string;
  readOptionalText(field: string, rule: TextRule): string | undefined;
  /** One of the listed words. */
  readEnum<const Word extends string>(
    field: string,
    words: readonly Word[],
    fallback?: Word,
  ): Word | undefined;
  /** The elements of an array, no more than there may be; none where it is missing or no array. */
  readList(field: string, count: ListRule): readonly unknown[];
}

/** What a text must be: `test` decides, `must` and, of a text that is wrong, `mustBe` complete the sentence "field must be …". */
export interface TextRule {
  readonly requirement: string;
  /** In characters, those beyond the basic plane as one. */
  readonly maxLength: number;
  /** As much of the rule as a regular expression can say, in the form of JSON Schema. */
  readonly pattern: string;
  test(text: string): boolean;
  describeViolation(text: string): string;
}

export interface ListRule {
  readonly minItems: number;
  readonly maxItems: number;
  /** Completes the sentence "field must hold …". */
  readonly requirement: string;
}

/** What is shown of the name of a field that does not exist. */
const MAX_NAME_LENGTH = 100;

/** More fields that do not exist are counted: a megabyte of them must not become a hundred of problems. */
const MAX_NAMED_FIELDS = 20;

/**
 * A reader of `value` that reports into `problems`, or `undefined` (and a problem) where `value` is no object.
 * Fields that are not in `fields` are refused by name: a misspelt optional field must not be ignored in silence.
 * Messages name fields and never repeat values, which may be personal data.
 */
export function createObjectReader(
  value: unknown,
  basePath: string,
  noun: string,
  fields: readonly string[],
  problems: Problem[],
): ObjectReader | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({ field: basePath, message: `must be ${noun}, a JSON object` });
    return undefined;
  }
  const object = new Map<string, unknown>(Object.entries(value));
  const path = (field: string): string => (basePath === '' ? field : `${basePath}.${field}`);
  const unknown = [...object.keys()].filter((field) => !fields.includes(field));
  const message = `is not a field of ${noun}; known are ${fields.join(', ')}`;
  for (const field of unknown.slice(0, MAX_NAMED_FIELDS))
    problems.push({ field: path(field.slice(0, MAX_NAME_LENGTH)), message });
  if (unknown.length > MAX_NAMED_FIELDS) {
    const extraCount = unknown.length - MAX_NAMED_FIELDS;
    problems.push({
      field: basePath === '' ? WHOLE_REQUEST : basePath,
      message: `has ${extraCount} more fields that are not known`,
    });
  }
  return createReader(object, path, problems);
}

function createReader(
  object: ReadonlyMap<string, unknown>,
  getPath: (field: string) => string,
  problems: Problem[],
): ObjectReader {
  const getValue = (field: string): unknown => object.get(field);
  const report = (field: string, message: string): void => {
    problems.push({ field: getPath(field), message });
  };
  const isAbsent = (field: string): boolean => getValue(field) === undefined || getValue(field) === null;
  const readText = (field: string, rule: TextRule): string => {
    const given = getValue(field);
    if (typeof given === 'string' && rule.test(given)) return given;
    if (typeof given === 'string') report(field, `must be ${rule.describeViolation(given)}`);
    else if (isAbsent(field)) report(field, `is missing: it must be ${rule.requirement}`);
    else report(field, `must be a JSON string: ${rule.requirement}`);
    return '';
  };
  return {
    getValue,
    getPath,
    report,
    readText,
    readOptionalText: (field, rule) => (isAbsent(field) ? undefined : readText(field, rule)),
    readEnum: (field, allowed, fallback) => {
      if (isAbsent(field) && fallback !== undefined) return fallback;
      const word = allowed.find((candidate) => candidate === getValue(field));
      if (word === undefined) report(field, `must be one of ${allowed.join(', ')}`);
      return word;
    },
    readList: (field, { minItems, maxItems, requirement }) => {
      const given = getValue(field);
      const list: readonly unknown[] = Array.isArray(given) ? given : [];
      if (!Array.isArray(given) || list.length < minItems || list.length > maxItems) {
        report(field, `must hold ${requirement}${Array.isArray(given) ? `, not ${list.length}` : ''}`);
      }
      return list.slice(0, maxItems);
    },
  };
}
