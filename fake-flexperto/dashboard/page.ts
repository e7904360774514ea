import { createHash } from 'node:crypto';
import type { Answer } from '../answer.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#4338ca"/>' +
      '<path d="M8 21c4-9 7-11 8-9s-4 8-1 8 4-4 6-4-1 4 3 4" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/></svg>',
  );

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Contract sessions · fake flexperto</title>
<link rel="icon" href="${ICON}">
<style>${STYLE}</style>
</head>
<body>
<header>
  <div class="bar">
    <div class="brand"><img src="${ICON}" alt="" width="36" height="36">
      <div><strong>Dashboard</strong><span>Fake flexperto for tests and demos</span></div></div>
    <p id="connection" role="status">Connecting …</p>
  </div>
</header>
<main>
  <div class="title"><h1>Contract sessions</h1><p id="count"></p></div>
  <p id="problem" role="alert" hidden></p>
  <p id="faults" hidden></p>
  <div id="sessions"></div>
  <section id="empty" class="card" hidden>
    <h2>No contract session yet</h2>
    <p>A contract session appears here after a call to <code>POST …/sessions/initiate</code> . After its
    documents are attached, an employee hands it over here, and the participant can sign.</p>
  </section>
  <noscript><p class="card">This page needs JavaScript. The same state is at <a href="/_fake/state">/_fake/state</a>.</p></noscript>
</main>
<footer>
  <p>Clock of the fake: <time id="clock">…</time></p>
  <p><a href="/_fake/ledger">Ledger of all calls (JSON)</a> <a href="/_fake/state">State (JSON)</a></p>
</footer>
<p id="announcements" class="unseen" role="status"></p>
<script>${SCRIPT}</script>
</body>
</html>
`;

const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const CONTENT_SECURITY_POLICY =
  `default-src 'none'; connect-src 'self'; img-src data:; style-src ${hashSource(STYLE)}; ` +
  `script-src ${hashSource(SCRIPT)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** A small copy of the vendor's Dashboard: one page that loads nothing else. */
export function renderDashboard(): Answer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': CONTENT_SECURITY_POLICY,
  };
  return { status: 200, text: PAGE, headers: { ...headers, 'cache-control': 'no-store' } };
}
