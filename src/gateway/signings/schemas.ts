import { z } from 'zod';
import {
  MAX_DEADLINE_DAYS,
  MAX_DOCUMENTS,
  PARTICIPANT_COUNT,
  METHODS,
  SIGNATURE_FIELDS,
} from '../../domain/request.js';
import { OUTCOMES } from '../../domain/outcome.js';
import type { TextRule } from '../../domain/object-reader.js';

import { reasonRule } from '../../domain/resolution.js';
import { ACTIONS, FINAL_STATES, OPEN_STATES, STEPS } from '../../domain/status.js';
import * as rules from '../../domain/text-rules.js';

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

const State = z.enum([...OPEN_STATES, ...FINAL_STATES]);
const Timestamp = z.iso.datetime();

export const RequestId = textSchema(rules.requestId);

/**
 * What `readRequest` accepts (src/domain/read-request.ts), which reads the body and reports all problems at once; here it
 * is only described. Not said, since a schema cannot: that names differ, and that something must be there to sign.
 */
export const SigningRequest = z
  .strictObject({
    requestId: textSchema(
      rules.requestId,
      'The CRM’s id of this one click, which makes the start idempotent. May come as the header Idempotency-Key instead.',
    ).nullish(),
    employeeId: textSchema(
      rules.identifier(64),
      'The employee’s flexperto account id. May be left out by who comes with a token, and cannot be another one.',
    ).nullish(),
    name: textSchema(rules.singleLine(255), 'Seen by employee and customer; no personal data, please.'),
    method: z.enum(METHODS),
    participants: z
      .array(
        z.strictObject({
          email: textSchema(rules.email),
          firstname: textSchema(rules.singleLine(200)),
          lastname: textSchema(rules.singleLine(200)),
          mobile: textSchema(rules.mobile),
        }),
      )
      .min(PARTICIPANT_COUNT)
      .max(PARTICIPANT_COUNT)
      .describe('The customer who signs: exactly one.'),
    documents: z
      .array(
        z.strictObject({
          source: textSchema(
            rules.documentSource,
            'file: with a path below the document root, or an https: address; with a token, the `source` of an own upload.',
          ),
          name: textSchema(
            rules.fileName,
            'A file name, other than that of any other document; by default the last part of the source.',
          ).nullish(),
          sha256: textSchema(rules.sha256, 'Compared with the document where given.').nullish(),
          signatureFields: z
            .enum(SIGNATURE_FIELDS)
            .nullish()
            .describe('`required` by default; `none` for a document enclosed for information.'),
        }),
      )
      .min(1)
      .max(MAX_DOCUMENTS)
      .describe('At least one of them with signature fields, unless the method is qes.'),
    crmRecord: textSchema(rules.identifier(255)).nullish(),
    callbackUrl: textSchema(rules.callbackUrl).nullish(),
    deadlineDays: z.number().gt(0).max(MAX_DEADLINE_DAYS).nullish().describe('30 by default.'),
  })
  .meta({
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

export const Summary = z
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
