import { parseBenchArguments } from '../../bench/arguments.js';
import { benchmarks } from '../../bench/benchmarks/index.js';

const parse = (...args: string[]) => {
  const { selected, setup } = parseBenchArguments(args, benchmarks);
  return { names: selected.map(({ name }) => name), setup };
};

test('npm run bench runs everything on the dev server with one worker', () => {
  const { names, setup } = parse();
  expect(names).toHaveLength(benchmarks.length);
  expect(setup).toEqual({ size: 'full', server: 'dev', workers: 1 });
});

test('a benchmark runs by its name, or by the name of one of its measurements', () => {
  expect(parse('recovery', 'upload', '--quick')).toEqual({
    names: ['upload', 'waiting'],
    setup: { size: 'quick', server: 'dev', workers: 1 },
  });
});

test('on Postgres and with several workers run those that need a server', () => {
  const { names, setup } = parse('--postgres', '--workers', '2');
  expect(names).toEqual(['lifecycle', 'latency', 'waiting', 'gateway']);
  expect(setup).toEqual({ size: 'full', server: 'postgres', workers: 2 });
});

test('what cannot run is refused in a sentence that names what can', () => {
  expect(() => parse('uploads')).toThrow(/^There is no such benchmark here: uploads\. Choose from: upload, /);
  expect(() => parse('--postgres', 'upload')).toThrow(
    /Choose from: lifecycle, latency, waiting, recovery, gateway\.$/,
  );
  expect(() => parse('--workers', '0')).toThrow('--workers is the number of workers, such as 2.');
});
