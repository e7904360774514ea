/** A valid request with every field. */
export const REQUEST = {
  requestId: 'crm-action-8f1c',
  employeeId: '45',
  name: 'Task-123 / Documents to be Signed',
  method: 'aes',
  participants: [
    { email: 'john.doe@example.invalid', firstname: 'John', lastname: 'Doe', mobile: '+49176123456789' },
  ],
  documents: [{ source: 'file:contract.pdf' }],
};

/** The one participant of `REQUEST`, with fields replaced. */
export const createParticipant = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...REQUEST.participants[0],
  ...change,
});

/** The personal data of the participant of `REQUEST`. */
export const PARTICIPANT_VALUES: readonly string[] = Object.values(REQUEST.participants[0] ?? {});
