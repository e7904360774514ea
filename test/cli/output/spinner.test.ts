import { createSpinner } from '../../../src/cli/output/output.js';

/** A terminal of this width, and what its last line shows. */
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

it('shows the current state and its duration until it is cleared', () => {
  const stream = createTerminal(80);
  const spinner = createSpinner(stream);
  spinner.show('awaiting-signature');
  expect(stream.line()).toBe('  … awaiting-signature, for 0 s');
  for (const [seconds, words] of [[8, '8 s'], [192, '3 min 20 s'], [17_920, '5 h 2 min'], [255_480, '3 d 4 h']] as const) {
    jest.advanceTimersByTime(seconds * 1000);
    expect(stream.line()).toBe(`  … awaiting-signature, for ${words}`);
  } // prettier-ignore
  spinner.clear();
  jest.advanceTimersByTime(2000);
  expect(stream.line()).toBe('');
});

it('is erased for other output and redrawn below it', () => {
  const stream = createTerminal(80);
  const spinner = createSpinner(stream);
  spinner.show('uploading');
  spinner.pause();
  expect(stream.line()).toBe('');
  jest.advanceTimersByTime(1000);
  expect(stream.line()).toBe('  … uploading, for 1 s');
  spinner.clear();
});

it('never fills the terminal’s width, since a wrapped line could not be erased', () => {
  const stream = createTerminal(20);
  const spinner = createSpinner(stream);
  spinner.show('awaiting-signature');
  expect(stream.line()).toHaveLength(19);
  spinner.clear();
});

it('draws nothing without a terminal', () => {
  const stream = { ...createTerminal(80), isTTY: false };
  const spinner = createSpinner(stream);
  spinner.show('uploading');
  spinner.pause();
  spinner.clear();
  expect(stream.line()).toBe('');
});
