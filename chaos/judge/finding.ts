/** What must not happen. The last four are what the run is for. */
export const OFFENCES = {
  'at-odds': 'told otherwise than the vendor knows it',
  'created-twice': 'contract sessions created twice',
  'attached-twice': 'documents attached twice',
  'order-or-bytes': 'documents in the wrong order or with wrong bytes',
  lost: 'lost',
} as const;
export type Offence = keyof typeof OFFENCES;

/** One offence against one session, and what exactly it is. */
export interface Finding {
  readonly offence: Offence;
  readonly requestId: string;
  readonly what: string;
}
