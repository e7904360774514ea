/** Phrases that a reader has to decipher, each with a plainer one. A space matches a line break in a comment, too. */
const IDIOMS = [
  ['of (?:its|their) own', 'its own, separate'],
  ['st(?:ands?|ood) in', 'is in, replaces'],
  ['(?:comes?|came) about', 'happens, results from'],
  ['(?:is|are|was|were) told', 'gets, receives, is notified'],
  ['(?<!there )(?:is|are|makes?) none', 'a plain negation: is not a …, makes no …'],
  ['in vain', 'without success'],
  ['to speak of', 'nothing'],
  ["before everybody[’']s eyes", 'visibly'],
  ['whoever', 'a caller, anyone who'],
  ['by (?:itself|themselves)', 'automatically, alone, on its own'],
  ['ways(?:-| )in', 'authenticators'],
  ['known-run', 'reset guard'],
].map(([pattern, plainer]) => ({
  pattern: new RegExp(`\\b${pattern.replaceAll(' ', '(?:[\\s*]|//)+')}\\b`, 'gi'),
  plainer,
}));

/** A sentence that is a relative clause with a verb after it, such as "Who has waited has …"; a question is fine. */
const WHO_CLAUSE = /(?<=^\s*|[.:;!?]\s+)Who (?:has|is|was|does|\w+s)\b[^.?!]*(?=[.!]|$)/g;

const IDENTIFIERS = new Set(['quickly', 'quicklyOr', 'freely', 'knownRun', 'waysIn']);

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
const words = new Intl.Segmenter('en', { granularity: 'word' });

/** Reports idioms in comments, strings, names and Markdown, and sentences of Markdown prose that are too long. */
const rule = {
  meta: {
    type: 'suggestion',
    languages: ['js/js', 'markdown/gfm'],
    schema: [{ type: 'object', properties: { maxWords: { type: 'number' } }, additionalProperties: false }],
    messages: {
      idiom: '"{{found}}" is hard to read; plainer: {{plainer}}.',
      who: '"{{found}} …": name who acts and say it in one plain sentence.',
      long: 'This sentence has {{count}} words; split it ({{max}} at most): "{{start}} …"',
      identifier: '"{{found}}" is an old name; use the standard term.',
    },
  },
  create(context) {
    return context.sourceCode.ast.type === 'root' ? checkMarkdown(context) : checkCode(context);
  },
};

function checkCode(context) {
  const { sourceCode } = context;
  const check = ({ range: [start, end] }) => {
    checkPhrases(context, sourceCode.text.slice(start, end), start);
  };
  return {
    Program: () => sourceCode.getAllComments().forEach(check),
    Literal: (node) => typeof node.value === 'string' && check(node),
    TemplateElement: check,
    Identifier: ({ name, loc }) => {
      if (IDENTIFIERS.has(name)) context.report({ loc, messageId: 'identifier', data: { found: name } });
    },
  };
}

function checkMarkdown(context) {
  const { sourceCode } = context;
  const checkText = (node) => {
    const { start } = sourceCode.getLoc(node);
    checkPhrases(context, sourceCode.getText(node), sourceCode.getIndexFromLoc(start));
  };
  return {
    heading: checkText,
    tableCell: checkText,
    paragraph: (node) => {
      checkText(node);
      checkLength(context, node);
    },
  };
}

function checkPhrases(context, text, offset) {
  const report = (index, found, messageId, data = {}) => {
    const loc = context.sourceCode.getLocFromIndex(offset + index);
    context.report({ loc, messageId, data: { ...data, found: found.replaceAll(/\s[\s*/]*/g, ' ') } });
  };
  for (const { pattern, plainer } of IDIOMS)
    for (const { 0: found, index } of text.matchAll(pattern)) report(index, found, 'idiom', { plainer });
  // Blanked out, not removed, so that an index still is a place in the file.
  const prose = text.replaceAll(/^\s*(?:\/\*\*?|\*|\/\/)|[`'"]/gm, (mark) => ' '.repeat(mark.length));
  for (const { 0: found, index } of prose.matchAll(WHO_CLAUSE))
    report(index, found.split(/\s+/).slice(0, 3).join(' '), 'who');
}

function checkLength(context, paragraph) {
  const max = context.options[0]?.maxWords ?? 35;
  for (const { segment } of sentences.segment(textOf(paragraph))) {
    const count = [...words.segment(segment)].filter(({ isWordLike }) => isWordLike).length;
    if (count <= max) continue;
    const start = segment.trim().split(/\s+/).slice(0, 6).join(' ');
    const loc = context.sourceCode.getLoc(paragraph);
    context.report({ loc, messageId: 'long', data: { count, max, start } });
  }
}

/** The text as it is read; a piece of code counts as one word. */
function textOf(node) {
  if (node.type === 'inlineCode') return 'Code';
  return node.children?.map(textOf).join('') ?? node.value ?? '';
}

export const plainEnglish = { rules: { 'plain-english': rule } };
