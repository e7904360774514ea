import { cancelSigning, checkSigning, resolveSigning } from './api.js';
import { createAttention } from './attention.js';
import { announce, byId, confirmAction, createElement, updateChildren } from './dom.js';
import { followSigning } from './follow-signing.js';
import { clearProblem, describeProblem, showProblem } from './problems.js';
import { describeDocument, describeState, formatBytes, formatDay, isFinal } from './texts.js';

const TONES = {
  completed: 'good',
  failed: 'bad',
  expired: 'bad',
  'needs-attention': 'bad',
  'awaiting-handover': 'turn',
};

/** A signing, live. Calls `onChange(status)` for each state, and `onNew()` when the employee wants to send another one. */
export function createSigning({ customer, dashboardUrl }, { onChange, onNew }) {
  const section = byId('signing');
  const name = `${customer.firstname} ${customer.lastname}`;
  let stop = () => undefined;
  let requestId = '';
  let lastAnnounced = '';

  const dashboard = () =>
    dashboardUrl === null
      ? 'flexperto Dashboard'
      : createElement('a', { href: dashboardUrl, target: '_blank', rel: 'noopener' }, 'flexperto Dashboard');

  /** Runs an action on the signing, and shows its problem. Resolves with whether it succeeded. */
  const runAction = async (call) => {
    clearProblem();
    const calledId = requestId;
    try {
      const answer = await call(calledId);
      if (calledId === requestId && answer.state !== undefined) render(answer);
      return true;
    } catch (problem) {
      showProblem(describeProblem(problem));
      return false;
    }
  };
  const renderAttention = createAttention(dashboard, (resolution) =>
    runAction((id) => resolveSigning(id, resolution)),
  );

  function render(status) {
    const { state } = status;
    const sentence = describeState(status, name);
    const session = status.sessionId === null ? null : `contract session ${status.sessionId}`;
    byId('signing-title').textContent = status.name;
    byId('signing-facts').textContent = [status.method.toUpperCase(), session].filter(Boolean).join(' · ');
    renderSteps(byId('steps'), status);
    byId('state').className = `state ${TONES[state] ?? ''}`;
    byId('state').replaceChildren(createElement('p', {}, sentence), ...renderDetails(status));
    renderAttention(status);
    byId('sent-documents').replaceChildren(...status.documents.map(renderDocument));
    byId('deadline-left').hidden = isFinal(state);
    byId('deadline-left').textContent = `Time to sign: until ${formatDay(status.deadline)}.`;
    renderActions(state);
    if (lastAnnounced !== '' && lastAnnounced !== sentence) announce(sentence);
    lastAnnounced = sentence;
    onChange(status);
  }

  function renderDetails({ state, sessionId, attention, lastFailure }) {
    const details = [];
    if (state === 'awaiting-handover')
      details.push(createElement('p', {}, 'Open contract session ', createElement('strong', {}, String(sessionId)), ' in the ', dashboard(), '.'));
    if (isFinal(state) && attention !== null) details.push(createElement('p', { class: 'quote' }, attention.reason));
    if (!isFinal(state) && lastFailure !== undefined)
      details.push(createElement('p', { class: 'quote' }, `Retried automatically. The last attempt failed: ${lastFailure}`));
    return details;
  } // prettier-ignore

  function renderActions(state) {
    const button = (key, text, style, listener) =>
      createElement(
        'button',
        { type: 'button', 'data-key': key, class: style, on: { click: listener } },
        text,
      );
    const isWaiting = ['awaiting-handover', 'awaiting-signature'].includes(state);
    updateChildren(
      byId('actions'),
      isFinal(state) ? button('new', 'Send something else', 'first', onNew) : null,
      isWaiting ? button('check', 'Check now', '', check) : null,
      isFinal(state) ? null : button('cancel', 'Cancel …', 'danger', cancel),
    );
  }

  async function check() {
    if (await runAction(checkSigning)) announce('The signing service is checking flexperto.');
  }

  async function cancel() {
    const question = {
      title: 'Cancel this signing?',
      sentences: [
        'The signing service finishes the current call and does nothing more.',
        'The documents at flexperto stay there, and a customer who has them could still sign. Delete them in the Dashboard.',
      ],
      yes: 'Cancel the signing',
      no: 'Keep it',
      isDanger: true,
    };
    if (await confirmAction(question)) await runAction(cancelSigning);
  }

  function showEnd(problem) {
    const button = { type: 'button', class: 'first', on: { click: onNew } };
    showProblem(describeProblem(problem), createElement('button', button, 'Send something else'));
    section.hidden = true;
  }

  return {
    show: (id) => {
      stop();
      requestId = id;
      lastAnnounced = '';
      clearProblem();
      section.hidden = false;
      clear();
      renderAttention({ requestId: id, attention: null });
      stop = followSigning(id, {
        onStatus: (status) => {
          renderConnection(isFinal(status.state) ? '' : 'live');
          render(status);
        },
        onLost: () => renderConnection('lost'),
        onProblem: (problem, isPermanent) => {
          if (isPermanent) return showEnd(problem);
          renderConnection('lost', describeProblem(problem).join(' '));
        },
      });
    },
    hide: () => {
      stop();
      requestId = '';
      section.hidden = true;
    },
  };
}

const STEPS = ['Checks', 'Sending', 'Hand-over', 'Signature'];

const STEP_OF_STATE = {
  'checking-documents': 0, initiating: 1, uploading: 1, attaching: 1, 'handing-over': 2, 'awaiting-handover': 2,
  'awaiting-signature': 3, completed: 4,
}; // prettier-ignore

function renderSteps(list, status) {
  const current = STEP_OF_STATE[status.state] ?? findReachedStep(status);
  list.replaceChildren(
    ...STEPS.map((name, index) => {
      const progress = index < current ? 'done' : index === current ? 'current' : 'open';
      const label = { done: 'done', current: 'in progress', open: 'not yet' }[progress];
      return createElement('li', { class: progress, 'aria-current': progress === 'current' ? 'step' : false },
        createElement('span', {}, name), createElement('span', { class: 'unseen' }, `, ${label}`)); // prettier-ignore
    }),
  );
}

/** For a signing that has ended or needs a decision. */
function findReachedStep({ documents }) {
  if (documents.some(({ sha256 }) => sha256 === null)) return 0;
  if (documents.some(({ status }) => status === null)) return 1;
  return documents.some(({ status }) => status === 'ATTACHED') ? 2 : 3;
}

function renderConnection(connection, problem = '') {
  byId('connection').className = connection;
  byId('connection').textContent = { live: 'Live', lost: 'Connecting …' }[connection] ?? '';
  byId('connection-problem').hidden = problem === '';
  byId('connection-problem').textContent = `${problem} You see the last known state.`;
}

/** What the page shows until the first state is there. */
function clear() {
  byId('signing-title').textContent = 'Signing';
  byId('signing-facts').textContent = '';
  byId('state').className = 'state';
  byId('state').replaceChildren(createElement('p', {}, 'Loading the signing …'));
  renderConnection('lost');
  for (const id of ['steps', 'sent-documents', 'actions', 'deadline-left']) byId(id).replaceChildren();
}

function renderDocument(document) {
  const [label, tone] = describeDocument(document);
  const facts = [
    document.bytes === null ? null : formatBytes(document.bytes),
    document.signatureFields === 'none' ? 'enclosed for information' : null,
  ];
  return createElement('li', {},
    createElement('div', { class: 'what' },
      createElement('div', { class: 'name' }, document.name),
      createElement('div', { class: 'soft' }, facts.filter(Boolean).join(' · ')),
      document.failureReason ? createElement('p', { class: 'reason' }, document.failureReason) : null),
    createElement('span', { class: `badge ${tone}` }, label));
} // prettier-ignore
