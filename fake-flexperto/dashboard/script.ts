/**
 * The dashboard's script: asks for the state every second and draws it anew when it has changed. What comes
 * from a caller reaches the page as text only, never as markup.
 */
export const SCRIPT = `
'use strict';
const byId = (id) => document.getElementById(id);
const LABELS = { 'hand-over': 'Hand over', sign: 'Sign', 'fail-identification': 'Fail identification', remove: 'Delete' };
const WHY_NOT = { 'hand-over': 'Needs attached documents, and can be done once', sign: 'Nothing awaits a signature',
  'fail-identification': 'Needs ves or qes and a document that awaits a signature', remove: 'Nothing is left to delete' };
let drawn = '';

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function size(bytes) {
  if (bytes < 1000) return bytes + ' B';
  return bytes < 1e6 ? (bytes / 1e3).toFixed(1) + ' kB' : (bytes / 1e6).toFixed(1) + ' MB';
}

function button(action, session, item) {
  const possible = (item || session).actions.includes(action);
  const style = action === 'remove' ? 'danger' : action === 'hand-over' || (action === 'sign' && !item) ? 'first' : 'plain';
  const key = [action, session.id, item ? item.id : ''].join('/');
  const label = LABELS[action] + (item ? '' : { sign: ' all', remove: ' all' }[action] || '');
  const about = label + ': ' + (item ? item.name : session.name);
  const element = make('button', { type: 'button', class: style, 'data-key': key, 'aria-label': about,
    title: possible ? false : WHY_NOT[action], disabled: !possible }, label);
  element.addEventListener('click', () => act(action, session, item));
  return element;
}

async function act(action, session, item) {
  const body = item ? { documentId: item.id } : {};
  try {
    const answer = await fetch('/_fake/sessions/' + session.id + '/' + action, { method: 'POST', body: JSON.stringify(body) });
    const problem = answer.ok ? '' : (await answer.json()).message;
    byId('problem').textContent = problem;
    byId('problem').hidden = problem === '';
    if (answer.ok) byId('news').textContent = LABELS[action] + ' done: ' + (item ? item.name : session.name);
  } catch { lost(); }
  await refresh();
}

function fact(name, value) {
  return make('div', {}, make('dt', {}, name), make('dd', {}, value));
}

function drawDocument(session, item) {
  const facts = size(item.bytes) + ' · document ' + item.id + ' · ';
  const hash = make('code', { title: 'SHA-256 ' + item.sha256 }, item.sha256.slice(0, 12));
  return make('li', {},
    make('div', {}, make('div', { class: 'name' }, item.name), make('div', { class: 'of' }, facts, hash),
      item.failureReason ? make('div', { class: 'reason' }, item.failureReason) : null),
    make('div', {}, make('span', { class: 'badge ' + item.status }, item.status)),
    make('div', { class: 'buttons' }, ...['sign', 'fail-identification', 'remove'].map((action) => button(action, session, item))));
}

function drawSession(session) {
  const { firstname, lastname, email } = session.participant;
  const unattached = session.files.filter((file) => !session.documents.some((item) => item.fileId === file.id)).length;
  const files = unattached === 1 ? '1 file is' : unattached + ' files are';
  return make('article', { class: 'card', 'aria-labelledby': 'session-' + session.id },
    make('div', { class: 'head' },
      make('h2', { id: 'session-' + session.id }, session.name + ' ', make('span', { class: 'tag' }, session.method)),
      make('div', { class: 'buttons' }, ...Object.keys(LABELS).map((action) => button(action, session)))),
    make('dl', { class: 'meta' }, fact('Session', String(session.id)), fact('Customer', firstname + ' ' + lastname + ', ' + email),
      fact('Employee', session.employeeId), fact('Created', new Date(session.createdAt).toLocaleString())),
    session.documents.length === 0 ? make('p', { class: 'none' }, 'No document is attached yet.')
      : make('ul', { 'aria-label': 'Documents' }, ...session.documents.map((item) => drawDocument(session, item))),
    unattached === 0 ? null : make('p', { class: 'foot' }, files + ' uploaded but not attached.'));
}

function draw({ sessions, faults }) {
  const content = JSON.stringify([sessions, faults]);
  if (content === drawn) return;
  drawn = content;
  const focused = document.activeElement && document.activeElement.dataset.key;
  byId('sessions').replaceChildren(...sessions.map(drawSession).reverse());
  byId('empty').hidden = sessions.length > 0;
  byId('count').textContent = sessions.length === 0 ? '' : sessions.length === 1 ? '1 session' : sessions.length + ' sessions';
  const calls = faults.map(({ call, times }) => call + ' × ' + times).join(', ');
  byId('faults').textContent = 'Faults that wait for their calls: ' + calls;
  byId('faults').hidden = faults.length === 0;
  if (focused) {
    const again = document.querySelector('[data-key="' + CSS.escape(focused) + '"]');
    const next = again && (again.disabled ? again.closest('article').querySelector('button:enabled') : again);
    if (next) next.focus();
  }
}

function lost() {
  byId('connection').textContent = 'The fake does not answer';
  byId('connection').className = 'lost';
}

async function refresh() {
  try {
    const state = await (await fetch('/_fake/state')).json();
    draw(state);
    byId('clock').textContent = new Date(state.now).toLocaleString();
    if (byId('connection').className !== 'live') byId('connection').textContent = 'Live';
    byId('connection').className = 'live';
  } catch { lost(); }
}

refresh();
setInterval(refresh, 1000);
`;
