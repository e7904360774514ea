import { fill, make } from './dom.js';
import { obstacleOf } from './draft.js';
import { counted, size } from './words.js';

/**
 * The documents that have been chosen, each with what was found in it. `act` has what can be done to one of them:
 * `enclose(document, isEnclosed)`, `move(document, by)`, `remove(document)`, `again(document)`.
 */
export function drawDocuments(list, { documents, method }, act) {
  list.hidden = documents.length === 0;
  fill(list, ...documents.map((document, index) => {
    const obstacle = obstacleOf(document, method);
    return make('li', { class: obstacle === null ? document.state : 'refused' },
      make('div', { class: 'what' },
        make('div', { class: 'name' }, document.name),
        make('div', { class: 'soft' }, factsOf(document)),
        obstacle === null ? null : make('p', { class: 'reason' }, `${obstacle.sentence} It was not sent.`),
        obstacle?.canBeEnclosed ? make('p', { class: 'soft' }, 'Have a signature field put into the PDF, or enclose it for information.') : null,
        enclosedBox(document, obstacle, act)),
      make('div', { class: 'buttons' },
        document.state === 'failed' && document.canBeTriedAgain ? button('again', 'Try again', document, () => act.again(document)) : null,
        button('up', '', document, () => act.move(document, -1), { label: 'Move up', disabled: index === 0 }),
        button('down', '', document, () => act.move(document, 1), { label: 'Move down', disabled: index === documents.length - 1 }),
        button('remove', 'Remove', document, () => act.remove(document))));
  })); // prettier-ignore
}

function factsOf({ bytes, state, inspection }) {
  if (state === 'looking') return `${size(bytes)} · is being looked at …`;
  if (state === 'failed' || inspection.pages === null) return size(bytes);
  const { pages, signatureFields } = inspection;
  const fields = signatureFields === 0 ? 'no signature field' : counted(signatureFields, 'signature field');
  return `${counted(pages, 'page')} · ${fields} · ${size(bytes)}`;
}

function enclosedBox(document, obstacle, act) {
  if (document.state !== 'seen' || (obstacle !== null && !obstacle.canBeEnclosed)) return null;
  const box = make('input', {
    type: 'checkbox',
    checked: document.isEnclosed,
    'data-key': `enclosed/${document.key}`,
    on: { change: () => act.enclose(document, box.checked) },
  });
  return make('label', { class: 'enclosed' }, box, ' Enclosed for information, needs no signature');
}

function button(deed, text, document, listener, { label = text, disabled = false } = {}) {
  return make('button', {
    type: 'button',
    class: deed,
    disabled,
    'data-key': `${deed}/${document.key}`,
    'aria-label': `${label}: ${document.name}`,
    on: { click: listener },
  }, text); // prettier-ignore
}
