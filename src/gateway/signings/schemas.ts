import { z } from 'zod';
import { type AnyFields, type Field, type FieldType, optional } from '../../domain/field-schema.js';
import { OUTCOMES } from '../../domain/outcome.js';
import { METHODS, REQUEST_FIELDS, SIGNATURE_FIELDS } from '../../domain/request.js';
import { reasonRule } from '../../domain/resolution.js';
import { ACTIONS, FINAL_STATES, OPEN_STATES, STEPS } from '../../domain/status.js';
import * as rules from '../../domain/text-rules.js';
import type { TextRule } from '../../domain/text-rules.js';

/** A text that a domain rule validates; the schema describes as much of the rule as it can. */
function textSchema(rule: TextRule, description?: string) {
  return z
    .string()
    .refine((value) => rule.test(value), {
      error: ({ input }) => `must be ${rule.describeViolation(String(input))}`,
    })
    .meta({
      pattern: rule.pattern,
      maxLength: rule.maxLength,
      description: description ?? `${rule.requirement.charAt(0).toUpperCase()}${rule.requirement.slice(1)}.`,
    });
}

function objectSchema(fields: AnyFields): z.ZodObject {
  const schemas = Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)]);
  return z.strictObject(Object.fromEntries(schemas) as Record<string, z.ZodType>);
}

function fieldSchema({ type, description, isOptional }: Field<unknown>): z.ZodType {
  const schema = typeSchema(type, description);
  const described = description === undefined ? schema : schema.describe(description);
  return isOptional === true ? described.nullish() : described;
}

function typeSchema(type: FieldType, description: string | undefined): z.ZodType {
  switch (type.kind) {
    case 'text':
      return textSchema(type.rule, description);
    case 'enum':
      return z.enum(type.values);
    case 'number':
      return z.number().gt(0).max(type.max);
    case 'list':
      return z.array(objectSchema(type.fields)).min(type.minItems).max(type.maxItems);
  }
}

const State = z.enum([...OPEN_STATES, ...FINAL_STATES]);
const Timestamp = z.iso.datetime();

export const RequestId = textSchema(rules.requestId);

/**
 * The body that `parseRequest` reads (src/domain/parse-request.ts). The parser reports all problems together; this schema only
 * describes the body. A schema cannot say that names differ, nor that at least one document needs signature fields.
 */
export const SigningRequest = objectSchema({
  ...REQUEST_FIELDS,
  requestId: optional(REQUEST_FIELDS.requestId),
  employeeId: optional(REQUEST_FIELDS.employeeId),
}).meta({
  id: 'SigningRequest',
  examples: [
    {
      requestId: 'crm-action-8f1c',
      employeeId: '45',
      name: 'Task-123 / Documents to be Signed',
      method: 'aes',
      participants: [
        {
          email: 'john.doe@example.invalid',
          firstname: 'John',
          lastname: 'Doe',
          mobile: '+49176123456789',
        },
      ],
      documents: [{ source: 'file:contract.pdf' }],
      crmRecord: 'opportunity/0061',
    },
  ],
});

export const StartedSigning = z.object({
  requestId: z.string(),
  workflowId: z.string().describe('The id of its workflow in Temporal.'),
  created: z.boolean().describe('`false` if the same request was started before; nothing new was started.'),
});

export const Status = z
  .object({
    state: State,
    requestId: z.string(),
    sessionId: z.int().nullable().describe('The contract session at flexperto.'),
    name: z.string(),
    method: z.enum(METHODS),
    employeeId: z.string(),
    crmRecord: z.string().nullable(),
    documents: z
      .array(
        z.object({
          name: z.string(),
          bytes: z.int().nullable(),
          sha256: z.string().nullable(),
          signatureFields: z.enum(SIGNATURE_FIELDS),
          fileId: z.string().nullable(),
          documentId: z.int().nullable(),
          status: z.string().nullable().describe('The status as the vendor names it.'),
          failureReason: z.string().nullable(),
        }),
      )
      .readonly(),
    attention: z
      .object({
        id: z
          .string()
          .describe('Identifies the decision that is needed; send it as `attentionId` to …/resolve.'),
        step: z.enum(STEPS),
        reason: z.string(),
        actions: z
          .array(z.enum(ACTIONS))
          .readonly()
          .describe('The possible values of `action` for …/resolve.'),
        since: Timestamp.describe('Since when the decision is needed.'),
      })
      .nullable()
      .describe('Why a decision by a person is needed.'),
    lastFailure: z
      .string()
      .exactOptional()
      .describe(
        'Why the last attempt of an automatically retried call failed; absent if no call is failing.',
      ),
    deadline: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'SigningStatus' });

const Summary = z
  .object({
    requestId: z.string(),
    state: State.nullable().describe('Null if no worker has started it yet.'),
    terminated: z.boolean(),
    method: z.string().nullable(),
    employeeId: z.string().nullable(),
    crmRecord: z.string().nullable(),
    sessionId: z.int().nullable(),
    deadline: Timestamp.nullable(),
    startedAt: Timestamp,
  })
  .meta({ id: 'SigningSummary' });

export const ListPage = z.object({
  signings: z.array(Summary).readonly(),
  nextCursor: z.string().nullable().describe('The `cursor` of the next page; null on the last page.'),
});

const MAX_PAGE_SIZE = 100;

export const ListFilter = z.strictObject({
  state: State.optional(),
  employeeId: textSchema(rules.identifier(64)).optional(),
  crmRecord: textSchema(rules.identifier(255)).optional(),
  limit: z
    .unknown()
    .transform((value, context) => {
      if (value === undefined) return undefined;
      const number = typeof value === 'string' && /^[1-9]\d{0,2}$/.test(value) ? Number(value) : 0;
      if (number >= 1 && number <= MAX_PAGE_SIZE) return number;
      context.addIssue(`must be a whole number from 1 to ${MAX_PAGE_SIZE}`);
      return z.NEVER;
    })
    .meta({
      type: 'integer',
      minimum: 1,
      maximum: MAX_PAGE_SIZE,
      description: 'The maximum number of signings; 100 by default.',
    })
    .optional(),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'must be the nextCursor of an earlier page')
    .optional()
    .describe('The `nextCursor` of the previous page.'),
});

const Reason = textSchema(reasonRule);

const AttentionId = z
  .string('must be the attention.id of the status that shows which decision is needed')
  .min(1)
  .describe('The `attention.id` of the status that shows which decision is needed.');

export const Resolution = z
  .discriminatedUnion(
    'action',
    [
      z.strictObject({ attentionId: AttentionId, action: z.literal('retry') }),
      z.strictObject({
        attentionId: AttentionId,
        action: z.literal('adopt'),
        sessionId: z
          .int()
          .positive()
          .exactOptional()
          .describe('The contract session; only after an initiate with unknown outcome.'),
      }),
      z.strictObject({ attentionId: AttentionId, action: z.literal('abort'), reason: Reason }),
    ],
    'must be an action that the signing allows: retry, adopt or abort',
  )
  .meta({ id: 'Resolution' });

export const RecordedOutcome = z
  .strictObject({ outcome: z.enum(OUTCOMES), reason: Reason.exactOptional() })
  .meta({ id: 'RecordedOutcome' });
