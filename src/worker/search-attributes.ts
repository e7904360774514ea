import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { ConfigError, getErrorMessage } from '../shared/errors.js';
import { isDenied, isInvalidArgument, mapCallError } from '../shared/temporal-errors.js';
import { searchAttributes } from '../workflows/messages.js';

const { IndexedValueType } = temporal.api.enums.v1;
const INDEXED_TYPES = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
};
/** A value of each type, as written in a query. */
const SAMPLE_VALUES = { KEYWORD: '"none"', INT: '0', DATETIME: '"2020-01-01T00:00:00Z"' };
const CLI_TYPES = { KEYWORD: 'Keyword', INT: 'Int', DATETIME: 'Datetime' };

/**
 * Registers the search attributes that the namespace lacks, and returns their names. If all exist, the worker needs
 * neither the permission to list nor to register them. @throws ConfigError with the denied call and the command to run
 */
export async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<string[]> {
  const known = await readAttributeTypes(connection, namespace);
  const required = Object.values(searchAttributes);
  const missing = required.filter(({ name }) => !(name in known));
  const mistyped = required.find(({ name, type }) => name in known && known[name] !== INDEXED_TYPES[type]);
  if (mistyped !== undefined) {
    throw new ConfigError(
      `The search attribute ${mistyped.name} of namespace ${namespace} must have the type ${CLI_TYPES[mistyped.type]}.`,
    );
  }
  if (missing.length === 0) return [];
  try {
    await addSearchAttributes(connection, namespace, missing);
  } catch (error) {
    // Another worker may have registered them concurrently.
    const current = await readAttributeTypes(connection, namespace);
    if (!missing.every(({ name }) => name in current)) throw toRegistrationError(missing, namespace, error);
  }
  return missing.map(({ name }) => name);
}

type AttributeTypes = Readonly<Record<string, temporal.api.enums.v1.IndexedValueType>>;

/** From the list of search attributes or, if the worker may not read that, from queries that name each of them. */
async function readAttributeTypes(connection: NativeConnection, namespace: string): Promise<AttributeTypes> {
  try {
    return (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
  } catch (error) {
    if (!isDenied(error)) throw mapCallError(error);
    return probeAttributeTypes(connection, namespace);
  }
}

/** The server rejects a query that names an unknown search attribute, or compares it with a value of another type. */
async function probeAttributeTypes(connection: NativeConnection, namespace: string): Promise<AttributeTypes> {
  const isAccepted = async (query: string): Promise<boolean> => {
    try {
      await connection.workflowService.listWorkflowExecutions({ namespace, query, pageSize: 1 });
      return true;
    } catch (error) {
      if (isInvalidArgument(error)) return false;
      throw isDenied(error) ? toReadDeniedError(namespace, error) : mapCallError(error);
    }
  };
  const probeType = async ({ name, type }: SearchAttribute): Promise<AttributeTypes> => {
    if (await isAccepted(`${name} = ${SAMPLE_VALUES[type]}`)) return { [name]: INDEXED_TYPES[type] };
    const exists = await isAccepted(`${name} IS NOT NULL`);
    return exists ? { [name]: IndexedValueType.INDEXED_VALUE_TYPE_UNSPECIFIED } : {};
  };
  const found = await Promise.all(Object.values(searchAttributes).map(probeType));
  return Object.assign({}, ...found) as AttributeTypes;
}

type SearchAttribute = (typeof searchAttributes)[keyof typeof searchAttributes];

/** Registers them without reading which exist: a server may support one and not the other. */
export async function addSearchAttributes(
  connection: NativeConnection,
  namespace: string,
  attributes: readonly SearchAttribute[] = Object.values(searchAttributes),
): Promise<void> {
  const types = Object.fromEntries(attributes.map(({ name, type }) => [name, INDEXED_TYPES[type]]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: types });
}

function toRegistrationError(
  missing: readonly SearchAttribute[],
  namespace: string,
  error: unknown,
): ConfigError {
  const flags = missing.map(({ name, type }) => `--name ${name} --type ${CLI_TYPES[type]}`).join(' ');
  return new ConfigError(
    `The search attributes could not be registered (AddSearchAttributes: ${getErrorMessage(error)}); run as an administrator: ` +
      `temporal operator search-attribute create --namespace ${namespace} ${flags}`,
  );
}

function toReadDeniedError(namespace: string, error: unknown): ConfigError {
  return new ConfigError(
    `The worker may call neither ListSearchAttributes nor ListWorkflowExecutions (${getErrorMessage(error)}); ` +
      `allow its identity to read the namespace ${namespace}.`,
  );
}
