/**
 * The script of the dashboard. It reads the state every second and renders each change. Texts of a caller reach the
 * page as text only, never as markup.
 */
export const SCRIPT = `
'use strict';
const byId = (id) => document.getElementById(id);
const LABELS = { 'hand-over': 'Hand over', sign: 'Sign', 'fail-identification': 'Fail identification', remove: 'Delete' };
const OBSTACLES = { 'hand-over': 'Needs attached documents, and works once', sign: 'No document awaits a signature',
  'fail-identification': 'Needs ves or qes and a document that awaits a signature', remove: 'No document is left to delete' };
let rendered = '';

function createElement(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function formatBytes(bytes) {
  if (bytes < 1000) return bytes + ' B';
  return bytes < 1e6 ? (bytes / 1e3).toFixed(1) + ' kB' : (bytes / 1e6).toFixed(1) + ' MB';
}

function button(action, session, item) {
  const possible = (item || session).actions.includes(action);
  const style = action === 'remove' ? 'danger' : action === 'hand-over' || (action === 'sign' && !item) ? 'first' : 'plain';
  const key = [action, session.id, item ? item.id : ''].join('/');
  const label = LABELS[action] + (item ? '' : { sign: ' all', remove: ' all' }[action] || '');
  const about = label + ': ' + (item ? item.name : session.name);
  const element = createElement('button', { type: 'button', class: style, 'data-key': key, 'aria-label': about,
    title: possible ? false : OBSTACLES[action], disabled: !possible }, label);
  element.addEventListener('click', () => runAction(action, session, item));
  return element;
}

async function runAction(action, session, item) {
  const body = item ? { documentId: item.id } : {};
  try {
    const response = await fetch('/_fake/sessions/' + session.id + '/' + action, { method: 'POST', body: JSON.stringify(body) });
    const problem = response.ok ? '' : (await response.json()).message;
    byId('problem').textContent = problem;
    byId('problem').hidden = problem === '';
    if (response.ok) byId('announcements').textContent = LABELS[action] + ' done: ' + (item ? item.name : session.name);
  } catch { showLost(); }
  await refresh();
}

function renderFact(name, value) {
  return createElement('div', {}, createElement('dt', {}, name), createElement('dd', {}, value));
}

function renderDocument(session, item) {
  const facts = formatBytes(item.bytes) + ' · document ' + item.id + ' · ';
  const hash = createElement('code', { title: 'SHA-256 ' + item.sha256 }, item.sha256.slice(0, 12));
  return createElement('li', {},
    createElement('div', {}, createElement('div', { class: 'name' }, item.name), createElement('div', { class: 'of' }, facts, hash),
      item.failureReason ? createElement('div', { class: 'reason' }, item.failureReason) : null),
    createElement('div', {}, createElement('span', { class: 'badge ' + item.status }, item.status)),
    createElement('div', { class: 'buttons' }, ...['sign', 'fail-identification', 'remove'].map((action) => button(action, session, item))));
}

function renderSession(session) {
  const { firstname, lastname, email } = session.participant;
  const unattached = session.files.filter((file) => !session.documents.some((item) => item.fileId === file.id)).length;
  const files = unattached === 1 ? '1 file is' : unattached + ' files are';
  return createElement('article', { class: 'card', 'aria-labelledby': 'session-' + session.id },
    createElement('div', { class: 'head' },
      createElement('h2', { id: 'session-' + session.id }, session.name + ' ', createElement('span', { class: 'tag' }, session.method)),
      createElement('div', { class: 'buttons' }, ...Object.keys(LABELS).map((action) => button(action, session)))),
    createElement('dl', { class: 'meta' }, renderFact('Session', String(session.id)), renderFact('Customer', firstname + ' ' + lastname + ', ' + email),
      renderFact('Employee', session.employeeId), renderFact('Created', new Date(session.createdAt).toLocaleString())),
    session.documents.length === 0 ? createElement('p', { class: 'none' }, 'No document is attached yet.')
      : createElement('ul', { 'aria-label': 'Documents' }, ...session.documents.map((item) => renderDocument(session, item))),
    unattached === 0 ? null : createElement('p', { class: 'foot' }, files + ' uploaded but not attached.'));
}

function render({ sessions, faults }) {
  const content = JSON.stringify([sessions, faults]);
  if (content === rendered) return;
  rendered = content;
  const focused = document.activeElement && document.activeElement.dataset.key;
  byId('sessions').replaceChildren(...sessions.map(renderSession).reverse());
  byId('empty').hidden = sessions.length > 0;
  byId('count').textContent = sessions.length === 0 ? '' : sessions.length === 1 ? '1 session' : sessions.length + ' sessions';
  const calls = faults.map(({ call, times }) => call + ' × ' + times).join(', ');
  byId('faults').textContent = 'Armed faults: ' + calls;
  byId('faults').hidden = faults.length === 0;
  if (focused) {
    const replaced = document.querySelector('[data-key="' + CSS.escape(focused) + '"]');
    const next = replaced && (replaced.disabled ? replaced.closest('article').querySelector('button:enabled') : replaced);
    if (next) next.focus();
  }
}

function showLost() {
  byId('connection').textContent = 'The fake does not answer';
  byId('connection').className = 'lost';
}

async function refresh() {
  try {
    const state = await (await fetch('/_fake/state')).json();
    render(state);
    byId('clock').textContent = new Date(state.now).toLocaleString();
    if (byId('connection').className !== 'live') byId('connection').textContent = 'Live';
    byId('connection').className = 'live';
  } catch { showLost(); }
}

refresh();
setInterval(refresh, 1000);
`;
