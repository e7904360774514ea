import { getRecord } from './api.js';
import { createCompose } from './compose.js';
import { byId, make } from './dom.js';
import { clearProblem, sentencesOf, showProblem } from './problems.js';
import { createEarlier, createTold } from './side-lists.js';
import { createSigning } from './signing.js';
import { isFinal } from './words.js';

/** The list of signings is found by a search, which learns of a change a moment later. */
const SEARCH_LAGS_MS = 1_500;

/** Which signing is shown stands in the address: a reload, a bookmark and the back button keep it. */
const shownInAddress = () => new URLSearchParams(location.search).get('signing');

function drawRecord({ employee, number, title, stage, customer }) {
  const fact = (name, value) => make('div', {}, make('dt', {}, name), make('dd', {}, value));
  byId('employee').replaceChildren(make('span', {}, 'Signed in: '), employee.name);
  byId('crumb').textContent = `Opportunity ${number} · ${stage}`;
  byId('title').textContent = title;
  byId('recipient').textContent =
    `${customer.firstname} ${customer.lastname} gets an e-mail to ${customer.email}, and the password for it by SMS to ${customer.mobile}.`;
  byId('customer').replaceChildren(
    fact('Customer', `${customer.firstname} ${customer.lastname}`),
    fact('E-mail', customer.email),
    fact('Mobile', customer.mobile),
  );
}

async function begin() {
  const record = await getRecord();
  drawRecord(record);
  const earlier = createEarlier((requestId) => go(requestId));
  const told = createTold();
  const compose = createCompose(`Opportunity ${record.number} / ${record.title}`, (requestId) =>
    go(requestId),
  );
  const signing = createSigning(record, {
    onNew: () => go(null),
    onChange: ({ state }) => {
      if (isFinal(state)) told.ended();
      setTimeout(earlier.refresh, SEARCH_LAGS_MS);
    },
  });

  function go(requestId) {
    history.pushState(null, '', requestId === null ? '/' : `/?signing=${encodeURIComponent(requestId)}`);
    show();
    byId(requestId === null ? 'compose-title' : 'signing-title').focus();
  }
  function show() {
    const requestId = shownInAddress();
    clearProblem();
    earlier.mark(requestId ?? '');
    if (requestId === null) {
      signing.hide();
      told.hide();
      compose.show();
      return;
    }
    compose.hide();
    told.show(requestId);
    signing.show(requestId);
  }
  window.addEventListener('popstate', show);
  show();
}

begin().catch((problem) => {
  const again = make('button', { type: 'button', on: { click: () => location.reload() } }, 'Try again');
  showProblem(sentencesOf(problem), again);
});
