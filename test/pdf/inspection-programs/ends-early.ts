// Stands for the inspection program: ends by itself, or as if a signal from outside had ended it.
process.once('message', ({ path }: { path: string }) => {
  if (path === 'abort') process.abort();
  if (path.startsWith('SIG')) process.kill(process.pid, path);
  else process.exit(3);
});
