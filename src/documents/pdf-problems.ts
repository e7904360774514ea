/** Ends the inspection: the document cannot be signed, whatever else is in it. The message completes "contract.pdf …". */
export class PdfRefused extends Error {
  override readonly name = 'PdfRefused';
}

/** This way of reading does not work; another may. The message completes "contract.pdf is damaged: …". */
export class PdfDamaged extends Error {
  override readonly name = 'PdfDamaged';
}

export const encrypted = (): PdfRefused =>
  new PdfRefused('is encrypted: flexperto cannot place a signature in it; save it without a password');
