import { PDF, PdfArray } from '@libpdf/core';

async function plainField() {
  const pdf = PDF.create();
  const date = new Date(0);
  pdf.setMetadata({ title: 'Test document', creationDate: date, modificationDate: date });
  pdf.addPage({ size: 'a4' });
  pdf.getOrCreateForm().createSignatureField('signature');
  return pdf.save();
}

/** The second revision empties /Fields; the first one stays in the file. */
async function fieldRemovedLater() {
  const pdf = await PDF.load(await plainField());
  const form = pdf.getCatalog().getDict('AcroForm', (ref) => pdf.getObject(ref));
  form.set('Fields', new PdfArray([]));
  return pdf.save({ incremental: true });
}

export const withLibpdf = () => ({ 'plain-field': plainField(), 'field-removed-later': fieldRemovedLater() });
