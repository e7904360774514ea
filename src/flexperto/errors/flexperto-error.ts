/** The calls of the API, named as the vendor's page orders them. */
export type Call = 'initiate' | 'request upload URL' | 'upload' | 'attach' | 'list documents' | 'hand over';

/**
 * What every error of the flexperto client has in common: the call, and a message that is safe to show. No message ever
 * holds an address with its token, the API key or what was sent.
 */
export abstract class FlexpertoError extends Error {
  readonly call: Call;

  constructor(call: Call, message: string) {
    super(message);
    this.call = call;
  }
}
