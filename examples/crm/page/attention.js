import { ask } from './dialog.js';
import { byId, make } from './dom.js';

/** What has happened where an answer was lost, what is to be looked up in the Dashboard, and what follows from it. */
const QUESTIONS = {
  initiate: {
    happened: 'flexperto was asked to create the contract session, and its answer was lost: it may be there or not.',
    look: (name) => `whether there is a contract session “${name}” for this customer, made just now.`,
    adopt: 'It is there', adoptButton: 'Go on with this session',
    retry: 'It is not there', retryButton: 'Create it now',
    sure: 'If it is there after all, the customer gets two of them.',
  },
  attach: {
    happened: 'flexperto was asked to put a document into the contract session, and its answer was lost.',
    look: (_, sessionId) => `whether the document is in contract session ${sessionId}.`,
    adopt: 'It is there', adoptButton: 'Go on',
    retry: 'It is not there', retryButton: 'Put it in now',
    sure: 'If it is there after all, the customer gets it twice.',
  },
  'hand-over': {
    happened: 'flexperto was asked to hand the contract session over, and its answer was lost.',
    look: (_, sessionId) => `whether contract session ${sessionId} was handed over.`,
    adopt: 'It was handed over', adoptButton: 'Go on',
    retry: 'It was not', retryButton: 'Hand it over now',
    sure: 'If it was handed over after all, the customer could be told twice.',
  },
}; // prettier-ignore

/** In which order the ways on stand. */
const ORDER = ['adopt', 'retry', 'abort'];

/**
 * Shows why a signing waits for the employee, and offers exactly what is possible. `decide(resolution)` sends a decision
 * with the id of the question that is shown, so that it can never answer another one.
 * Drawn anew only when the question is another one, so that nothing typed is lost.
 */
export function createAttention(dashboard, decide) {
  const form = byId('attention');
  let drawn = '';
  return ({ requestId, attention, name, sessionId }) => {
    const question = JSON.stringify([requestId, attention]);
    if (question === drawn) return;
    drawn = question;
    const hadFocus = form.contains(document.activeElement);
    form.hidden = attention === null || attention.actions.length === 0;
    form.replaceChildren();
    if (!form.hidden) draw(attention, name, sessionId);
    if (hadFocus) byId('signing-title').focus();
  };

  function draw({ id, step, reason, actions }, name, sessionId) {
    const answer = (decision) => decide({ attentionId: id, ...decision });
    const words = actions.includes('adopt') ? QUESTIONS[step] : undefined;
    const isClear = words === undefined;
    form.append(
      make('h3', { id: 'attention-title' }, 'What is asked of you'),
      isClear
        ? make('p', {}, 'Have this put right, then go on. What was done before is not done again.')
        : make('p', {}, `${words.happened} Look into the `, dashboard(), ` ${words.look(name, sessionId)}`),
      make('p', { class: 'quote' }, `In the words of the signing service: ${reason}`),
      make(
        'div',
        { class: 'ways' },
        ...ORDER.filter((action) => actions.includes(action)).map((action) =>
          WAYS[action](step, words, answer),
        ),
      ),
    );
  }
}

const WAYS = {
  adopt: (step, words, decide) => {
    if (step !== 'initiate')
      return way(words.adopt, make('p', { class: 'soft' }, 'It goes on with the next step.'), words.adoptButton, 'first', () => decide({ action: 'adopt' }));
    const number = make('input', { id: 'session-number', inputmode: 'numeric', autocomplete: 'off', 'aria-describedby': 'session-number-problem' });
    const problem = make('p', { class: 'reason', id: 'session-number-problem', role: 'alert' });
    const field = make('div', { class: 'field' }, make('label', { for: 'session-number' }, 'Number of the contract session'), number, problem);
    return way(words.adopt, field, words.adoptButton, 'first', () => {
      const isNumber = /^[1-9]\d{0,14}$/.test(number.value.trim());
      problem.textContent = isNumber ? '' : 'Type the number that the Dashboard shows, such as 13.';
      number.setAttribute('aria-invalid', String(!isNumber));
      if (isNumber) return decide({ action: 'adopt', sessionId: Number(number.value) });
      number.focus();
    });
  },
  retry: (_, words, decide) => {
    if (words === undefined) return way('It is put right', make('p', { class: 'soft' }, 'It goes on from where it stopped.'), 'Go on', 'first', () => decide({ action: 'retry' }));
    return way(words.retry, make('p', { class: 'soft' }, 'It is done again, so look twice.'), words.retryButton, '', async () => {
      const question = {
        title: `${words.retryButton}?`,
        sentences: [`You have looked, and ${words.retry.charAt(0).toLowerCase()}${words.retry.slice(1)}. ${words.sure}`],
        yes: words.retryButton,
        no: 'Back',
      };
      if (await ask(question)) await decide({ action: 'retry' });
    });
  },
  abort: (_, __, decide) =>
    way('Give up', make('p', { class: 'soft' }, 'Nothing more is sent.'), 'Give up …', 'danger', async () => {
      const reason = make('input', { id: 'reason', maxlength: '1000', autocomplete: 'off' });
      const field = make('label', { class: 'field', for: 'reason' }, 'Why, for those who look at it later', reason);
      const question = {
        title: 'Give this signing up?',
        sentences: ['Nothing more is done. What is at flexperto stays there until you delete it in the Dashboard.'],
        yes: 'Give it up',
        no: 'Back',
        isDanger: true,
      };
      const given = await ask(question, field);
      if (given) await decide({ action: 'abort', reason: reason.value.trim() || 'Given up by the employee' });
    }),
}; // prettier-ignore

function way(title, field, text, style, listener) {
  return make('div', { class: 'way' },
    make('h4', {}, title),
    field,
    make('button', { type: 'button', class: style, on: { click: listener } }, text)); // prettier-ignore
}
