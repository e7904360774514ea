import { getRecord } from './api.js';
import { createSigningForm } from './signing-form.js';
import { byId, createElement } from './dom.js';
import { clearProblem, describeProblem, showProblem } from './problems.js';
import { createSigningList, createCallbackList } from './side-lists.js';
import { createSigning } from './signing.js';
import { isFinal } from './texts.js';

/** The list of signings comes from a search, which shows a change a moment later. */
const VISIBILITY_LAG_MS = 1_500;

/** The address names the signing, so that a reload, a bookmark and the back button keep it. */
const readRequestId = () => new URLSearchParams(location.search).get('signing');

function renderRecord({ employee, number, title, stage, customer }) {
  const renderFact = (name, value) =>
    createElement('div', {}, createElement('dt', {}, name), createElement('dd', {}, value));
  byId('employee').replaceChildren(createElement('span', {}, 'Signed in: '), employee.name);
  byId('crumb').textContent = `Opportunity ${number} · ${stage}`;
  byId('title').textContent = title;
  byId('recipient').textContent =
    `${customer.firstname} ${customer.lastname} gets an e-mail to ${customer.email}, and the password for it by SMS to ${customer.mobile}.`;
  byId('customer').replaceChildren(
    renderFact('Customer', `${customer.firstname} ${customer.lastname}`),
    renderFact('E-mail', customer.email),
    renderFact('Mobile', customer.mobile),
  );
}

async function start() {
  const record = await getRecord();
  renderRecord(record);
  const signingList = createSigningList((requestId) => navigate(requestId));
  const callbackList = createCallbackList();
  const form = createSigningForm(`Opportunity ${record.number} / ${record.title}`, (requestId) =>
    navigate(requestId),
  );
  const signing = createSigning(record, {
    onNew: () => navigate(null),
    onChange: ({ state }) => {
      if (isFinal(state)) callbackList.ended();
      setTimeout(signingList.refresh, VISIBILITY_LAG_MS);
    },
  });

  function navigate(requestId) {
    history.pushState(null, '', requestId === null ? '/' : `/?signing=${encodeURIComponent(requestId)}`);
    show();
    byId(requestId === null ? 'signing-form-title' : 'signing-title').focus();
  }
  function show() {
    const requestId = readRequestId();
    clearProblem();
    signingList.select(requestId ?? '');
    if (requestId === null) {
      signing.hide();
      callbackList.hide();
      form.show();
      return;
    }
    form.hide();
    callbackList.show(requestId);
    signing.show(requestId);
  }
  window.addEventListener('popstate', show);
  show();
}

start().catch((problem) => {
  const reload = createElement(
    'button',
    { type: 'button', on: { click: () => location.reload() } },
    'Try again',
  );
  showProblem(describeProblem(problem), reload);
});
