import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readHistory } from '../../chaos/verify/history.js';

const readRecorded = (name: string) =>
  readHistory(
    historyFromJSON(JSON.parse(readFileSync(resolve(`test/histories/0.1.0/${name}.json`), 'utf8'))),
  );

describe('The calls in a history', () => {
  it('are one initiate and one attach for each file, without faults', () => {
    const { initiate, attach, lost } = readRecorded('completed');
    expect(initiate).toBe(1);
    expect(Object.values(attach)).toEqual([1, 1]);
    expect(lost).toEqual({});
  });

  it('have one initiate if an operator has adopted the contract session', () => {
    expect(readRecorded('initiate-unclear-adopted').initiate).toBe(1);
  });

  it('have a second attach of the same file if the list has shown that the first did not take effect', () => {
    expect(Object.values(readRecorded('attach-unclear-settled').attach).sort()).toEqual([1, 2]);
  });
});
