import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { ConfigError } from './config.js';
import { searchAttributes } from './workflows/messages.js';

const { IndexedValueType } = temporal.api.enums.v1;
const INDEXED = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
};
const CLI_TYPE = { KEYWORD: 'Keyword', INT: 'Int', DATETIME: 'Datetime' };

/**
 * Makes sure that the namespace knows the search attributes, and registers the missing ones where that is allowed.
 * Returns the names that were registered. @throws ConfigError with the command to run, where it is not allowed
 */
export async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const wanted = Object.values(searchAttributes);
  const missing = wanted.filter(({ name }) => !(name in customAttributes));
  const wrong = wanted.find(
    ({ name, type }) => name in customAttributes && customAttributes[name] !== INDEXED[type],
  );
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
    const now = await connection.operatorService.listSearchAttributes({ namespace });
    if (!missing.every(({ name }) => name in now.customAttributes))
      throw forbidden(missing, namespace, error);
  }
  return missing.map(({ name }) => name);
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

function forbidden(missing: readonly Attribute[], namespace: string, error: unknown) {
  const flags = missing.map(({ name, type }) => `--name ${name} --type ${CLI_TYPE[type]}`).join(' ');
  const why = error instanceof Error ? error.message : '';
  return new ConfigError(
    `The search attributes could not be registered (${why}); run: temporal operator search-attribute create --namespace ${namespace} ${flags}`,
  );
}
