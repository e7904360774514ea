import { byId, make } from './dom.js';

/** Asks before something that cannot be taken back. Resolves with whether it is to be done. */
export function ask({ title, sentences, yes, no, isDanger = false }, content = null) {
  const dialog = byId('dialog');
  const answer = (text, value, style) =>
    make('button', { type: 'button', class: style, on: { click: () => dialog.close(value) } }, text);
  dialog.replaceChildren(
    make('h2', { id: 'dialog-title' }, title),
    ...sentences.map((sentence) => make('p', {}, sentence)),
    ...(content === null ? [] : [content]),
    make(
      'div',
      { class: 'buttons' },
      answer(no, 'no', ''),
      answer(yes, 'yes', isDanger ? 'danger' : 'first'),
    ),
  );
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
