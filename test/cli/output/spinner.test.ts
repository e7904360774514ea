import { createSpinner } from '../../../src/cli/output/output.js';

/** What a terminal of this width shows on its last line: an erased line is drawn over. */
function createTerminal(columns: number): {
  isTTY: true;
  columns: number;
  write: (text: string | Uint8Array) => boolean;
  line: () => string;
} {
  let written = '';
  return {
    isTTY: true,
    columns,
    write: (text: string | Uint8Array) => {
      written += text.toString();
      return true;
    },
    line: () => written.split('\r\u001b[K').at(-1) ?? '',
  };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('says what is going on and for how long, until it is cleared', () => {
  const stream = createTerminal(80);
  const live = createSpinner(stream);
  live.show('awaiting-signature');
  expect(stream.line()).toBe('  … awaiting-signature, for 0 s');
  for (const [seconds, words] of [[8, '8 s'], [192, '3 min 20 s'], [17_920, '5 h 2 min'], [255_480, '3 d 4 h']] as const) {
    jest.advanceTimersByTime(seconds * 1000);
    expect(stream.line()).toBe(`  … awaiting-signature, for ${words}`);
  } // prettier-ignore
  live.clear();
  jest.advanceTimersByTime(2000);
  expect(stream.line()).toBe('');
});

it('makes room for other output and comes back below it', () => {
  const stream = createTerminal(80);
  const live = createSpinner(stream);
  live.show('uploading');
  live.pause();
  expect(stream.line()).toBe('');
  jest.advanceTimersByTime(1000);
  expect(stream.line()).toBe('  … uploading, for 1 s');
  live.clear();
});

it('never fills the terminal’s width, since a wrapped line could not be erased', () => {
  const stream = createTerminal(20);
  const live = createSpinner(stream);
  live.show('awaiting-signature');
  expect(stream.line()).toHaveLength(19);
  live.clear();
});

it('draws nothing where there is no terminal', () => {
  const stream = { ...createTerminal(80), isTTY: false };
  const live = createSpinner(stream);
  live.show('uploading');
  live.pause();
  live.clear();
  expect(stream.line()).toBe('');
});
