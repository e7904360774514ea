// Replaces the inspection program: exits, or ends as if by a signal from outside.
process.once('message', ({ path }: { path: string }) => {
  if (path === 'abort') process.abort();
  if (path.startsWith('SIG')) process.kill(process.pid, path);
  else process.exit(3);
});
