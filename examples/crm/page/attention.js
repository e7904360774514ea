import { byId, confirmAction, createElement } from './dom.js';

/** For a call with an unknown outcome: what happened, what to check in the Dashboard, and what each answer leads to. */
const QUESTIONS = {
  initiate: {
    happened: 'flexperto did not confirm that it created the contract session: it may exist or not.',
    whatToCheck: (name) => `whether there is a contract session “${name}” for this customer, made just now.`,
    adopt: 'It exists', adoptButton: 'Continue with this contract session',
    retry: 'It does not exist', retryButton: 'Create it now',
    consequence: 'If it exists after all, the customer gets two of them.',
  },
  attach: {
    happened: 'flexperto did not confirm that it added a document to the contract session.',
    whatToCheck: (_, sessionId) => `whether the document is in contract session ${sessionId}.`,
    adopt: 'It is there', adoptButton: 'Continue',
    retry: 'It is not there', retryButton: 'Add it now',
    consequence: 'If it is there after all, the customer gets it twice.',
  },
  'hand-over': {
    happened: 'flexperto did not confirm that it handed the contract session over.',
    whatToCheck: (_, sessionId) => `whether contract session ${sessionId} was handed over.`,
    adopt: 'It was handed over', adoptButton: 'Continue',
    retry: 'It was not handed over', retryButton: 'Hand it over now',
    consequence: 'If it was handed over after all, the customer may get two e-mails.',
  },
}; // prettier-ignore

const ACTION_ORDER = ['adopt', 'retry', 'abort'];

/**
 * Shows why a signing needs a decision, and offers exactly the possible actions. `decide(resolution)` sends a decision
 * with the id of the question on the page, so that it can never answer another one.
 * Renders again only for another question, so that nothing typed is lost.
 */
export function createAttention(dashboard, decide) {
  const form = byId('attention');
  let rendered = '';
  return ({ requestId, attention, name, sessionId }) => {
    const key = JSON.stringify([requestId, attention]);
    if (key === rendered) return;
    rendered = key;
    const hadFocus = form.contains(document.activeElement);
    form.hidden = attention === null || attention.actions.length === 0;
    form.replaceChildren();
    if (!form.hidden) render(attention, name, sessionId);
    if (hadFocus) byId('signing-title').focus();
  };

  function render({ id, step, reason, actions }, name, sessionId) {
    const sendDecision = (decision) => decide({ attentionId: id, ...decision });
    const question = actions.includes('adopt') ? QUESTIONS[step] : undefined;
    form.append(
      createElement('h3', { id: 'attention-title' }, 'Your decision is needed'),
      question === undefined
        ? createElement('p', {}, 'Have this fixed, then continue. No completed step is repeated.')
        : createElement('p', {}, `${question.happened} Check in the `, dashboard(), ` ${question.whatToCheck(name, sessionId)}`),
      createElement('p', { class: 'quote' }, `Details from the signing service: ${reason}`),
      createElement(
        'div',
        { class: 'decisions' },
        ...ACTION_ORDER.filter((action) => actions.includes(action)).map((action) =>
          ACTION_RENDERERS[action](step, question, sendDecision),
        ),
      ),
    );
  } // prettier-ignore
}

const ACTION_RENDERERS = {
  adopt: (step, question, decide) =>
    step === 'initiate'
      ? renderNumberForm(question, decide)
      : renderDecision(question.adopt, createHint('The signing continues with the next step.'), question.adoptButton, 'first', () =>
          decide({ action: 'adopt' })),
  retry: (_, question, decide) => {
    if (question === undefined)
      return renderDecision('It is fixed', createHint('The signing continues from where it stopped.'), 'Continue', 'first', () =>
        decide({ action: 'retry' }));
    const hint = createHint('This repeats the call, so check carefully first.');
    return renderDecision(question.retry, hint, question.retryButton, '', async () => {
      if (await confirmRetry(question)) await decide({ action: 'retry' });
    });
  },
  abort: (_, __, decide) =>
    renderDecision('Give up', createHint('Nothing more is sent.'), 'Give up …', 'danger', async () => {
      const reason = createElement('input', { id: 'reason', maxlength: '1000', autocomplete: 'off' });
      if (await confirmAbort(reason))
        await decide({ action: 'abort', reason: reason.value.trim() || 'Given up by the employee' });
    }),
}; // prettier-ignore

function renderNumberForm({ adopt, adoptButton }, decide) {
  const number = createElement('input', {
    id: 'session-number',
    inputmode: 'numeric',
    autocomplete: 'off',
    'aria-describedby': 'session-number-problem',
  });
  const problem = createElement('p', { class: 'reason', id: 'session-number-problem', role: 'alert' });
  const label = createElement('label', { for: 'session-number' }, 'Number of the contract session');
  const field = createElement('div', { class: 'field' }, label, number, problem);
  return renderDecision(adopt, field, adoptButton, 'first', () => {
    const isNumber = /^[1-9]\d{0,14}$/.test(number.value.trim());
    problem.textContent = isNumber ? '' : 'Type the number that the Dashboard shows, such as 13.';
    number.setAttribute('aria-invalid', String(!isNumber));
    if (isNumber) return decide({ action: 'adopt', sessionId: Number(number.value) });
    number.focus();
  });
}

function confirmRetry({ retry, retryButton, consequence }) {
  const finding = `${retry.charAt(0).toLowerCase()}${retry.slice(1)}`;
  return confirmAction({
    title: `${retryButton}?`,
    sentences: [`You have checked the Dashboard, and ${finding}. ${consequence}`],
    yes: retryButton,
    no: 'Back',
  });
}

function confirmAbort(reason) {
  const field = createElement('label', { class: 'field', for: 'reason' }, 'Reason, for the record', reason);
  const question = {
    title: 'Give up this signing?',
    sentences: [
      'Nothing more is sent. The documents at flexperto stay there until you delete them in the Dashboard.',
    ],
    yes: 'Give it up',
    no: 'Back',
    isDanger: true,
  };
  return confirmAction(question, field);
}

const createHint = (text) => createElement('p', { class: 'soft' }, text);

function renderDecision(title, field, text, style, listener) {
  return createElement('div', { class: 'decision' },
    createElement('h4', {}, title),
    field,
    createElement('button', { type: 'button', class: style, on: { click: listener } }, text)); // prettier-ignore
}
