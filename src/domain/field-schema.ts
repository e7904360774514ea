import type { TextRule } from './text-rules.js';

/** One thing that is wrong with a request: where (a path such as `participants[0].mobile`), and what, in one sentence. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}

/** The `field` of a problem that concerns the request as a whole. */
export const WHOLE_REQUEST = 'request';

/** A field of a JSON object, as data: the parser reads values by it, and the gateway describes it in its OpenAPI document. */
export interface Field<Value> {
  readonly type: FieldType;
  readonly isOptional?: true;
  readonly description?: string | undefined;
  /** The value; for an invalid one reports why and returns a valid type that holds nothing, such as ''. */
  parse(value: unknown, context: FieldContext): Value;
}

export type FieldType =
  | { readonly kind: 'text'; readonly rule: TextRule }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly max: number }
  | ({ readonly kind: 'list'; readonly fields: AnyFields } & ListLimits);

export interface FieldContext {
  readonly path: string;
  /** The object's fields that come before this one. */
  readonly parsed: Readonly<Record<string, unknown>>;
  readonly problems: Problem[];
  readonly report: (message: string) => void;
}

/** All fields of an object. The compiler finds one that is missing. */
export type Fields<Value extends object> = { readonly [Name in keyof Value]-?: Field<Value[Name]> };

/** The same, of an object that is not known. */
export type AnyFields = Readonly<Record<string, Field<unknown>>>;

interface ListLimits {
  readonly minItems: number;
  readonly maxItems: number;
}

/** A string that `rule` accepts. */
export function text(rule: TextRule, description?: string): Field<string> {
  return {
    type: { kind: 'text', rule },
    description,
    parse: (value, { report }) => {
      if (typeof value === 'string' && rule.test(value)) return value;
      if (typeof value === 'string') report(`must be ${rule.describeViolation(value)}`);
      else if (value === undefined) report(`is missing: it must be ${rule.requirement}`);
      else report(`must be a JSON string: ${rule.requirement}`);
      return '';
    },
  };
}

/** One of the listed words; the first one where the value is invalid. */
export function oneOf<const Word extends string>(
  values: readonly [Word, ...Word[]],
  description?: string,
): Field<Word> {
  return {
    type: { kind: 'enum', values },
    description,
    parse: (value, { report }) => {
      const word = values.find((candidate) => candidate === value);
      if (word === undefined) report(`must be one of ${values.join(', ')}`);
      return word ?? values[0];
    },
  };
}

/** A number above 0 and up to `max`, or `fallback` where it is absent or invalid. `noun` completes "must be …". */
export function positiveNumber(
  max: number,
  fallback: number,
  noun: string,
  description?: string,
): Field<number> {
  return {
    type: { kind: 'number', max },
    isOptional: true,
    description,
    parse: (value = fallback, { report }) => {
      if (typeof value === 'number' && value > 0 && value <= max) return value;
      report(`must be ${noun} above 0 and up to ${max}`);
      return fallback;
    },
  };
}

/** A list of objects. `noun` names one of them, and `requirement` completes "must hold …". */
export function listOf<Item extends object>(
  fields: Fields<Item>,
  limits: ListLimits & { readonly noun: string; readonly requirement: string },
  description?: string,
): Field<readonly Item[]> {
  const { minItems, maxItems, noun, requirement } = limits;
  return {
    type: { kind: 'list', fields, minItems, maxItems },
    description,
    parse: (value, { path, problems, report }) => {
      const list: readonly unknown[] = Array.isArray(value) ? value : [];
      if (!Array.isArray(value) || list.length < minItems || list.length > maxItems)
        report(`must hold ${requirement}${Array.isArray(value) ? `, not ${list.length}` : ''}`);
      return list
        .slice(0, maxItems)
        .map((item, index) => parseObject(item, `${path}[${index}]`, noun, fields, problems));
    },
  };
}

/** The field may be absent or null. */
export function optional<Value>(field: Field<Value>): Field<Value | undefined> {
  return withDefault<Value | undefined>(field, undefined);
}

/** The field may be absent or null, which means `fallback`. */
export function withDefault<Value>(field: Field<Value>, fallback: Value): Field<Value> {
  return {
    ...field,
    isOptional: true,
    parse: (value, context) => (value === undefined ? fallback : field.parse(value, context)),
  };
}

/** How many characters of an unknown field's name a message shows. */
const MAX_NAME_LENGTH = 100;

/** Further unknown fields are only counted: a request of a megabyte must not become a hundred megabytes of problems. */
const MAX_NAMED_FIELDS = 20;

/**
 * Reads a JSON object field by field and adds all problems to `problems`. It reads any other value as an empty object.
 * A field that is not in `fields` is a problem: a misspelt optional field must not be ignored in silence.
 * Messages name fields and never repeat values, which may be personal data.
 */
export function parseObject<Value extends object>(
  value: unknown,
  path: string,
  noun: string,
  fields: Fields<Value>,
  problems: Problem[],
): Value {
  if (!isObject(value)) {
    problems.push({ field: path, message: `must be ${noun}, a JSON object` });
    return parseFields({}, path, fields, []);
  }
  const names = Object.keys(fields);
  const unknown = Object.keys(value).filter((name) => !names.includes(name));
  for (const name of unknown.slice(0, MAX_NAMED_FIELDS)) {
    const message = `is not a field of ${noun}; known are ${names.join(', ')}`;
    problems.push({ field: joinPath(path, name.slice(0, MAX_NAME_LENGTH)), message });
  }
  const unnamedCount = unknown.length - MAX_NAMED_FIELDS;
  if (unnamedCount > 0) {
    const message = `has ${unnamedCount} more fields that are not known`;
    problems.push({ field: path === '' ? WHOLE_REQUEST : path, message });
  }
  return parseFields(value, path, fields, problems);
}

/** Whether a value is a JSON object: no list, and not null. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseFields<Value extends object>(
  object: object,
  path: string,
  fields: Fields<Value>,
  problems: Problem[],
): Value {
  const given = new Map<string, unknown>(Object.entries(object));
  const parsed: Record<string, unknown> = {};
  for (const [name, field] of Object.entries<Field<unknown>>(fields)) {
    const fieldPath = joinPath(path, name);
    const report = (message: string): void => void problems.push({ field: fieldPath, message });
    const result = field.parse(given.get(name) ?? undefined, { path: fieldPath, parsed, problems, report });
    if (result !== undefined) parsed[name] = result;
  }
  return parsed as Value;
}

function joinPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
