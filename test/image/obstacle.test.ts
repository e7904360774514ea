import { type Machine, findObstacle } from '../../scripts/image/podman.js';

const machine = (programs: readonly string[], more: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  uid: 0,
  hasProgram: (name) => programs.includes(name),
  ...more,
});
const ALL = ['podman', 'runc', 'mmdebstrap'];

describe('The image is built and run', () => {
  it('where podman is there, or can be installed', () => {
    expect(findObstacle(machine(ALL))).toBeUndefined();
    expect(findObstacle(machine(['apt-get']))).toBeUndefined();
  });
});

describe('One sentence says why the image cannot be built and run', () => {
  it.each([
    ['on another system', machine(ALL, { platform: 'darwin' }), /^containers are run on Linux alone$/],
    ['without root', machine(ALL, { uid: 1000 }), /^only root may /],
    ['without podman and apt-get', machine(['runc']), /^there is neither apt-get nor podman and mmdebstrap$/],
  ])('%s', (_, given, reason) => {
    expect(findObstacle(given)).toMatch(reason);
  });
});
