import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Describes all routes that are registered after this call, as OpenAPI 3.1. */
export function registerOpenApi(app: FastifyInstance): void {
  void app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'flexperto signing gateway',
        version: readVersion(),
        description:
          'Sends documents to one customer for signature, on one employee’s click, and reports their progress.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'A key of the gateway, or a token of the CRM’s identity provider.',
          },
          reader: {
            type: 'http',
            scheme: 'bearer',
            description: 'A key of the codec endpoint, or a token whose owner may read encrypted payloads.',
          },
        },
      },
      security: [{ bearer: [] }],
    },
    transform: keepResponseHeaders,
    transformObject: mergeInputSchemas,
  });
}

/** Serves the description at `/openapi.json`, and a readable page at `/docs`. */
export function serveOpenApi(app: FastifyInstance): void {
  void app.register(fastifySwaggerUi, { routePrefix: '/docs', staticCSP: true });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}

/** The library drops the headers of a response; this keeps them. */
const keepResponseHeaders: typeof jsonSchemaTransform = (route) => {
  const original = getResponses(route.schema);
  const { schema, url } = jsonSchemaTransform(route);
  if (schema.response === undefined) return { schema, url };
  const response = Object.entries(getResponses(schema)).map(([status, described]) => {
    const headers = original[status]?.headers;
    return [status, headers === undefined ? described : { ...described, headers }];
  });
  return { schema: { ...schema, response: Object.fromEntries(response) as unknown }, url };
};

interface ResponseDescription {
  readonly headers?: unknown;
}

function getResponses(schema: FastifySchema | undefined): Record<string, ResponseDescription | undefined> {
  return { ...(schema?.response as Record<string, ResponseDescription> | undefined) };
}

/** The library describes every schema twice, for input (…Input) and output. Here both are equal, so one is enough. */
const mergeInputSchemas: typeof jsonSchemaTransformObject = (original) => {
  const document = jsonSchemaTransformObject(original) as { components?: { schemas?: object } };
  const text = JSON.stringify(document);
  const isUsed = (name: string): boolean => text.includes(`"#/components/schemas/${name}"`);
  const schemas = Object.entries(document.components?.schemas ?? {}).filter(([name]) => isUsed(name));
  const pruned = {
    ...document,
    components: { ...document.components, schemas: Object.fromEntries(schemas) },
  };
  return JSON.parse(
    schemas.reduce((plain, [name]) => {
      const base = name.replace(/Input$/, '');
      return isUsed(base) ? plain : plain.replaceAll(`${name}"`, `${base}"`);
    }, JSON.stringify(pruned)),
  ) as ReturnType<typeof jsonSchemaTransformObject>;
};

function readVersion(): string {
  const text = readFileSync(resolve(__dirname, '../../../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
