/** The few things this page does with elements. Texts are added as texts: what comes from elsewhere never becomes markup. */

export const byId = (id) => document.getElementById(id);

/** An element. Attributes that are `false` or `null` are left out, and so are such children; `on` are listeners by event. */
export function make(tag, { on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) element.setAttribute(name, value === true ? '' : value);
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}

/** Replaces what is in an element, and leaves the focus on the element with the same `data-key`. */
export function fill(element, ...children) {
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  element.replaceChildren(...children.filter((child) => child !== null && child !== false));
  if (key === undefined) return;
  element.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`)?.focus();
}

/** Says something to those who do not see the page. */
export function announce(sentence) {
  byId('news').textContent = sentence;
}
