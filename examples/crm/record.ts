/** The data of a minimal CRM: the signed-in employee and one record. All of it is invented. */
export const EMPLOYEE = {
  /** The flexperto account id. */
  id: '45',
  name: 'Erika Berger',
} as const;

export const RECORD = {
  /** The key by which the signings of this record are found. */
  crmRecord: 'opportunity/0061',
  number: '0061',
  title: 'Account opening',
  stage: 'Documents to be signed',
  customer: {
    firstname: 'John',
    lastname: 'Doe',
    email: 'john.doe@example.invalid',
    mobile: '+49176123456789',
  },
} as const;
