import { createElement, updateChildren } from './dom.js';
import { findObstacle, listWarnings } from './draft.js';
import { formatBytes, pluralize } from './texts.js';

/**
 * The chosen documents with their findings. `actions` are the functions of the buttons:
 * `enclose(document, isEnclosed)`, `move(document, by)`, `remove(document)`, `retry(document)`.
 */
export function renderDocuments(list, { documents, method }, actions) {
  list.hidden = documents.length === 0;
  updateChildren(list, ...documents.map((document, index) => {
    const obstacle = findObstacle(document, method);
    return createElement('li', { class: obstacle === null ? document.state : 'refused' },
      createElement('div', { class: 'what' },
        createElement('div', { class: 'name' }, document.name),
        createElement('div', { class: 'soft' }, describeFile(document)),
        obstacle === null ? null : createElement('p', { class: 'reason' }, `${obstacle.sentence} It was not sent.`),
        obstacle?.canBeEnclosed ? createElement('p', { class: 'soft' }, 'Have a signature field added to the PDF, or enclose it for information.') : null,
        ...(obstacle === null ? listWarnings(document) : []).map((warning) => createElement('p', { class: 'warning' }, `Warning: ${warning}`)),
        renderEnclosedBox(document, obstacle, actions)),
      createElement('div', { class: 'buttons' },
        document.state === 'failed' && document.canRetry ? button('retry', 'Try again', document, () => actions.retry(document)) : null,
        button('up', '', document, () => actions.move(document, -1), { label: 'Move up', disabled: index === 0 }),
        button('down', '', document, () => actions.move(document, 1), { label: 'Move down', disabled: index === documents.length - 1 }),
        button('remove', 'Remove', document, () => actions.remove(document))));
  })); // prettier-ignore
}

function describeFile({ bytes, state, inspection }) {
  if (state === 'inspecting') return `${formatBytes(bytes)} · is being checked …`;
  if (state === 'failed' || inspection.pages === null) return formatBytes(bytes);
  const { pages, signatureFields } = inspection;
  const fields = signatureFields === 0 ? 'no signature field' : pluralize(signatureFields, 'signature field');
  return `${pluralize(pages, 'page')} · ${fields} · ${formatBytes(bytes)}`;
}

function renderEnclosedBox(document, obstacle, actions) {
  if (document.state !== 'inspected' || (obstacle !== null && !obstacle.canBeEnclosed)) return null;
  const box = createElement('input', {
    type: 'checkbox',
    checked: document.isEnclosed,
    'data-key': `enclosed/${document.key}`,
    on: { change: () => actions.enclose(document, box.checked) },
  });
  return createElement('label', { class: 'enclosed' }, box, ' Enclosed for information, needs no signature');
}

function button(action, text, document, listener, { label = text, disabled = false } = {}) {
  return createElement('button', {
    type: 'button',
    class: action,
    disabled,
    'data-key': `${action}/${document.key}`,
    'aria-label': `${label}: ${document.name}`,
    on: { click: listener },
  }, text); // prettier-ignore
}
