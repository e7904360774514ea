import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { ConfigError } from './config.js';
import { explainedCall, isDenied, isInvalidArgument } from './starter/explained.js';
import { searchAttributes } from './workflows/messages.js';

const { IndexedValueType } = temporal.api.enums.v1;
const INDEXED = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
};
/** A value of each type, as a query has it. */
const SAMPLE = { KEYWORD: '"none"', INT: '0', DATETIME: '"2020-01-01T00:00:00Z"' };
const CLI_TYPE = { KEYWORD: 'Keyword', INT: 'Int', DATETIME: 'Datetime' };

/**
 * Makes sure that the namespace knows the search attributes, and registers the missing ones. A worker that may neither
 * list nor register them starts where they exist. Returns the names that were registered. @throws ConfigError with the
 * call and the command to run
 */
export async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<string[]> {
  const known = await typesByName(connection, namespace);
  const wanted = Object.values(searchAttributes);
  const missing = wanted.filter(({ name }) => !(name in known));
  const wrong = wanted.find(({ name, type }) => name in known && known[name] !== INDEXED[type]);
  if (wrong !== undefined) {
    throw new ConfigError(
      `The search attribute ${wrong.name} of namespace ${namespace} must have the type ${CLI_TYPE[wrong.type]}.`,
    );
  }
  if (missing.length === 0) return [];
  try {
    await addSearchAttributes(connection, namespace, missing);
  } catch (error) {
    // Another worker may have been quicker.
    const now = await typesByName(connection, namespace);
    if (!missing.every(({ name }) => name in now)) throw notRegistered(missing, namespace, error);
  }
  return missing.map(({ name }) => name);
}

type TypesByName = Readonly<Record<string, temporal.api.enums.v1.IndexedValueType>>;

/** From the list of search attributes; where the worker may not read that, from queries that name each of them. */
async function typesByName(connection: NativeConnection, namespace: string): Promise<TypesByName> {
  try {
    return (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
  } catch (error) {
    if (!isDenied(error)) throw explainedCall(error);
    return typesByQuery(connection, namespace);
  }
}

/** The server refuses a query that names an unknown search attribute, or compares it with a value of another type. */
async function typesByQuery(connection: NativeConnection, namespace: string): Promise<TypesByName> {
  const isAccepted = async (query: string): Promise<boolean> => {
    try {
      await connection.workflowService.listWorkflowExecutions({ namespace, query, pageSize: 1 });
      return true;
    } catch (error) {
      if (isInvalidArgument(error)) return false;
      throw isDenied(error) ? mayNotLook(namespace, error) : explainedCall(error);
    }
  };
  const typeOf = async ({ name, type }: Attribute): Promise<TypesByName> => {
    if (await isAccepted(`${name} = ${SAMPLE[type]}`)) return { [name]: INDEXED[type] };
    const exists = await isAccepted(`${name} IS NOT NULL`);
    return exists ? { [name]: IndexedValueType.INDEXED_VALUE_TYPE_UNSPECIFIED } : {};
  };
  const found = await Promise.all(Object.values(searchAttributes).map(typeOf));
  return Object.assign({}, ...found) as TypesByName;
}

type Attribute = (typeof searchAttributes)[keyof typeof searchAttributes];

/** Registers them, without asking which are there: a server may be able to do the one and not the other. */
export async function addSearchAttributes(
  connection: NativeConnection,
  namespace: string,
  attributes: readonly Attribute[] = Object.values(searchAttributes),
): Promise<void> {
  const types = Object.fromEntries(attributes.map(({ name, type }) => [name, INDEXED[type]]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: types });
}

function notRegistered(missing: readonly Attribute[], namespace: string, error: unknown): ConfigError {
  const flags = missing.map(({ name, type }) => `--name ${name} --type ${CLI_TYPE[type]}`).join(' ');
  return new ConfigError(
    `The search attributes could not be registered (AddSearchAttributes: ${messageOf(error)}); run as an administrator: ` +
      `temporal operator search-attribute create --namespace ${namespace} ${flags}`,
  );
}

function mayNotLook(namespace: string, error: unknown): ConfigError {
  return new ConfigError(
    `The worker may call neither ListSearchAttributes nor ListWorkflowExecutions (${messageOf(error)}); ` +
      `allow its identity to read the namespace ${namespace}.`,
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
