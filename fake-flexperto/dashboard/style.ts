/** The dashboard's style sheet. Colours keep a contrast of 4.5 : 1 in the light and in the dark scheme. */
export const STYLE = `
:root { --ground: #f4f5f9; --card: #fff; --line: #dfe2ea; --text: #171a26; --soft: #596076; --brand: #4338ca;
  --brand-text: #fff; --danger: #b3261e; --shade: 0 1px 2px rgb(20 24 50 / 6%), 0 4px 14px rgb(20 24 50 / 5%); }
.ATTACHED { --badge: #e6e8ef; --on-badge: #414860; } .UPLOADED { --badge: #dcebff; --on-badge: #114a92; }
.UPDATED { --badge: #ece4ff; --on-badge: #5527ad; } .FINISHED { --badge: #d8f3e0; --on-badge: #14602f; }
.FAILED { --badge: #fde1df; --on-badge: #98201a; } .DELETED { --badge: #ececec; --on-badge: #5c5c5c; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #10121a; --card: #1a1d29; --line: #303546; --text: #eceef6; --soft: #a2a9bf; --brand: #a5b0ff;
    --brand-text: #14162a; --danger: #ff9d95; --shade: none; }
  .ATTACHED { --badge: #33394b; --on-badge: #d5d9e6; } .UPLOADED { --badge: #153a66; --on-badge: #c3ddff; }
  .UPDATED { --badge: #3d2a70; --on-badge: #dfd2ff; } .FINISHED { --badge: #17492a; --on-badge: #bff0ce; }
  .FAILED { --badge: #5f211d; --on-badge: #ffd3cf; } .DELETED { --badge: #333; --on-badge: #c8c8c8; }
}
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
body { background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
header { background: var(--card); border-bottom: 1px solid var(--line); }
.bar, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 24px; }
.bar, .brand, .title, footer, .head, .buttons, .foot { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; }
.bar { padding-block: 14px; justify-content: space-between; }
.brand strong { display: block; font-size: 16px; line-height: 1.25; } .brand span { color: var(--soft); font-size: 13px; }
#connection { color: var(--soft); font-size: 13px; display: flex; align-items: center; gap: 7px; }
#connection::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: #9aa0b4; }
#connection.live::before { background: #22a55a; } #connection.lost::before { background: var(--danger); }
main { padding-block: 28px 12px; }
.title { justify-content: space-between; margin-bottom: 16px; }
h1 { font-size: 24px; letter-spacing: -.01em; line-height: 1.2; } h2 { font-size: 17px; line-height: 1.35; overflow-wrap: anywhere; }
#count, .meta dt, .of, footer { color: var(--soft); font-size: 13px; }
.card, #problem, #faults { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shade); margin-bottom: 16px; }
#problem, #faults { padding: 10px 16px; box-shadow: none; }
#problem { border-color: var(--danger); color: var(--danger); } #faults { border-style: dashed; color: var(--soft); font-size: 13px; }
#empty, noscript .card { padding: 48px 24px; text-align: center; border-style: dashed; box-shadow: none; }
#empty p { max-width: 56ch; margin: 8px auto 0; color: var(--soft); }
.head { justify-content: space-between; align-items: flex-start; padding: 18px 20px 0; }
.head h2 { min-width: 0; flex: 1 1 320px; }
.meta { display: flex; flex-wrap: wrap; gap: 4px 32px; padding: 8px 20px 14px; }
.meta div { min-width: 0; } .meta dd { margin: 0; overflow-wrap: anywhere; }
.tag, .badge { display: inline-block; border-radius: 999px; padding: 2px 10px; font-size: 12px; font-weight: 600; line-height: 1.5; white-space: nowrap; }
.tag { border: 1px solid var(--line); color: var(--soft); text-transform: uppercase; vertical-align: 1px; }
.badge { background: var(--badge, #fff0c7); color: var(--on-badge, #6b4a00); letter-spacing: .02em; }
ul { list-style: none; padding: 0; border-top: 1px solid var(--line); }
li { display: grid; grid-template-columns: minmax(0, 1fr) 104px auto; gap: 4px 16px; align-items: center; padding: 11px 20px; }
li + li { border-top: 1px solid var(--line); }
.name { font-weight: 550; overflow-wrap: anywhere; } code { font: 12px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.reason { color: var(--danger); font-size: 13px; }
.none { padding: 14px 20px; border-top: 1px solid var(--line); color: var(--soft); }
.foot { border-top: 1px solid var(--line); padding: 9px 20px; color: var(--soft); font-size: 13px; }
button { font: inherit; font-size: 13px; font-weight: 550; color: var(--text); background: transparent; border: 1px solid var(--line);
  border-radius: 8px; min-height: 32px; padding: 4px 12px; cursor: pointer; }
button:hover:enabled { border-color: var(--brand); color: var(--brand); }
button.first:enabled { background: var(--brand); border-color: var(--brand); color: var(--brand-text); }
button.first:hover:enabled { filter: brightness(1.1); color: var(--brand-text); }
button.danger:enabled { color: var(--danger); } button.danger:hover:enabled { border-color: var(--danger); }
button:disabled { opacity: .42; cursor: not-allowed; }
button:focus-visible, a:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; }
a { color: var(--brand); } footer { justify-content: space-between; padding-block: 8px 32px; } footer a + a { margin-left: 16px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 760px) {
  .bar, main, footer { padding-inline: 16px; } .head, .meta, li, .none, .foot { padding-inline: 16px; }
  li { grid-template-columns: minmax(0, 1fr) auto; } li .buttons { grid-column: 1 / -1; margin-top: 4px; }
  .buttons { gap: 8px; } button { min-height: 40px; } .head h2 { flex-basis: 100%; } .head .buttons { width: 100%; } .head button { flex: 1 1 auto; }
  .meta { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 6px 16px; padding-top: 12px; }
  .meta div:nth-child(even) { grid-column: 1 / -1; } .meta div:nth-child(2) { grid-row: 1; } .bar, .brand { flex-wrap: nowrap; }
}
`;
