/** DOM helpers. Texts are added as texts: what comes from elsewhere never becomes markup. */

export const byId = (id) => document.getElementById(id);

/** An element. It omits attributes and children that are `false` or `null`; `on` has the listeners by event. */
export function createElement(tag, { on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) element.setAttribute(name, value === true ? '' : value);
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}

/** Replaces the content of an element, and keeps the focus on the element with the same `data-key`. */
export function updateChildren(element, ...children) {
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  element.replaceChildren(...children.filter((child) => child !== null && child !== false));
  if (key === undefined) return;
  element.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`)?.focus();
}

/** Announces a sentence to screen readers. */
export function announce(sentence) {
  byId('announcements').textContent = sentence;
}

/** Asks before an action that cannot be undone. Resolves with whether the employee confirmed it. */
export function confirmAction({ title, sentences, yes, no, isDanger = false }, content = null) {
  const dialog = byId('dialog');
  const button = (text, value, style) =>
    createElement('button', { type: 'button', class: style, on: { click: () => dialog.close(value) } }, text);
  dialog.replaceChildren(
    createElement('h2', { id: 'dialog-title' }, title),
    ...sentences.map((sentence) => createElement('p', {}, sentence)),
    ...(content === null ? [] : [content]),
    createElement(
      'div',
      { class: 'buttons' },
      button(no, 'no', ''),
      button(yes, 'yes', isDanger ? 'danger' : 'first'),
    ),
  );
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
