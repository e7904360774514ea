import { PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib';

const RECT = [72, 100, 272, 160];

/** A document of one page whose form is built from plain dictionaries, since the library has no call for signature fields. */
async function withForm(build, options = { useObjectStreams: false }) {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  const page = pdf.addPage([595, 842]);
  page.drawText('Test document', { x: 72, y: 760, size: 12 });
  const { context } = pdf;
  const tools = {
    add: (entries) => context.register(context.obj(entries)),
    set: (ref, key, value) => context.lookup(ref).set(PDFName.of(key), value),
    widget: () => ({ Type: 'Annot', Subtype: 'Widget', Rect: RECT, P: page.ref }),
    show: (ref) => page.node.addAnnot(ref),
    pdf,
  };
  const fields = build(tools);
  if (fields !== undefined) {
    pdf.catalog.set(PDFName.of('AcroForm'), context.register(context.obj({ Fields: fields, SigFlags: 1 })));
  }
  return pdf.save({ ...options, updateFieldAppearances: false });
}

const text = (value) => PDFString.of(value);

const merged = (tools, name, more = { FT: 'Sig' }) => {
  const field = tools.add({ ...more, T: text(name), ...tools.widget() });
  tools.show(field);
  return field;
};

/** The widgets stand below the field, as their own objects. */
const separate = (tools, count) => {
  const field = tools.add({ FT: 'Sig', T: text('signature') });
  const kids = Array.from({ length: count }, () => tools.add({ ...tools.widget(), Parent: field }));
  kids.forEach(tools.show);
  tools.set(field, 'Kids', tools.pdf.context.obj(kids));
  return [field];
};

/** /FT stands at the parent only. */
const hierarchical = (tools) => {
  const parent = tools.add({ FT: 'Sig', T: text('customer') });
  const kids = ['signature', 'initials'].map((name) => merged(tools, name, { Parent: parent }));
  tools.set(parent, 'Kids', tools.pdf.context.obj(kids));
  return [parent];
};

const textField = ({ pdf }) => {
  const field = pdf.getForm().createTextField('remark');
  field.addToPage(pdf.getPage(0), { x: 72, y: 600 });
};

export const withPdfLib = () => ({
  'plain-field': withForm((tools) => [merged(tools, 'signature')]),
  'two-fields': withForm((tools) => [merged(tools, 'first'), merged(tools, 'second')]),
  'hierarchical-names': withForm(hierarchical),
  'indirect-type': withForm((tools) => [merged(tools, 'signature', { FT: tools.add(PDFName.of('Sig')) })]),
  'separate-widget': withForm((tools) => separate(tools, 1)),
  'several-widgets': withForm((tools) => separate(tools, 3)),
  'object-streams': withForm((tools) => [merged(tools, 'signature')], { useObjectStreams: true }),
  'text-field-only': withForm(textField),
  'no-form': withForm(() => undefined),
  'widget-outside-form': withForm((tools) => {
    merged(tools, 'signature');
    return [];
  }),
});
