#include "cli/render/report_html.h"

namespace regraft::cli {

// Colours stand beside words always. No rule makes a box that scrolls: heads would not stick there.
const std::string_view kReportStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f5f6f4; --card: #ffffff; --ink: #1b2226; --soft: #56626b; --line: #dde2e4; --stripe: #f9faf9;
  --link: #17599c; --done: #17734a; --done-back: #e2f3e9; --wait: #845400; --wait-back: #fbf0d5;
  --bad: #b3261e; --bad-back: #fde7e4; --undone: #5e46a0; --undone-back: #ece7f9; --quiet-back: #eceff0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12171a; --card: #1a2125; --ink: #e5eaec; --soft: #9dabb3; --line: #2f3a40; --stripe: #1e262b;
    --link: #85bdf2; --done: #63d19c; --done-back: #14352a; --wait: #edc15c; --wait-back: #3a2f13;
    --bad: #ff9c8f; --bad-back: #451f1c; --undone: #c3b0f7; --undone-back: #2f2850; --quiet-back: #283137;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 3rem; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
header, main, footer { max-width: 74rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: .2rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 0 0 .25rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
code {
  font: .92em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  overflow-wrap: anywhere; unicode-bidi: isolate;
}
.kicker, .soft, dt, caption { color: var(--soft); }
.kicker { font-size: .9rem; margin: 0; }
.soft { font-size: .9rem; }
section, .verdict {
  background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.1rem 1.25rem;
  margin: 0 0 1.1rem;
}
.verdict { border-left: .45rem solid var(--soft); }
.verdict p { font-size: 1.1rem; }
.verdict.done { border-left-color: var(--done); }
.verdict.failed { border-left-color: var(--bad); }
.verdict.waiting { border-left-color: var(--wait); }
.verdict.undone { border-left-color: var(--undone); }
.state {
  display: inline-block; padding: .05rem .5rem; border-radius: 1rem; background: var(--quiet-back);
  color: var(--ink); font-size: .82rem; font-weight: 600; white-space: nowrap;
}
.verdict .state { font-size: 1rem; letter-spacing: .03em; }
.state.done, .state.equal { background: var(--done-back); color: var(--done); }
.state.failed, .state.different { background: var(--bad-back); color: var(--bad); }
.state.waiting, .state.blocked, .state.running { background: var(--wait-back); color: var(--wait); }
.state.undone { background: var(--undone-back); color: var(--undone); }
.equation { display: flex; flex-wrap: wrap; align-items: flex-end; gap: .4rem 1.1rem; margin: 1rem 0 .7rem; }
.equation div { display: flex; flex-direction: column; }
.equation b { font-size: 2rem; line-height: 1.1; font-variant-numeric: tabular-nums; }
.equation span { color: var(--soft); font-size: .9rem; }
.equation i { font-style: normal; font-size: 1.6rem; color: var(--soft); line-height: 2.2; }
.bar { display: flex; height: .6rem; border-radius: .3rem; overflow: hidden; background: var(--quiet-back); }
.bar span { background: var(--done); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bar span + span { background: var(--wait); }
.bar.time { height: .45rem; min-width: 5rem; }
.bar.time span { background: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .6rem 0 0; }
dd { margin: 0; overflow-wrap: anywhere; }
nav { margin: 0 0 1.1rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: 0; padding: 0; }
ul.plain { margin: .3rem 0; padding-left: 1.2rem; }
table { width: 100%; border-collapse: collapse; margin-top: .6rem; }
caption { text-align: left; font-size: .9rem; padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid var(--line); }
thead th {
  position: sticky; top: 0; background: var(--card); color: var(--soft); font-size: .85rem; font-weight: 600;
  box-shadow: inset 0 -1px var(--line); border-bottom: 0; z-index: 1;
}
tbody tr:nth-child(even) { background: var(--stripe); }
td { overflow-wrap: anywhere; }
td.id, td.word { white-space: nowrap; }
td.word code, .when { white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.way { width: 50%; }
tfoot td { font-weight: 700; border-bottom: 0; border-top: 2px solid var(--line); }
.zero { color: var(--soft); }
article { border-top: 1px solid var(--line); padding: .8rem 0; break-inside: avoid; }
article:first-of-type { border-top: 0; }
article:target, tr:target { background: var(--wait-back); }
article dl { font-size: .93rem; }
.top { display: flex; flex-wrap: wrap; gap: .3rem .7rem; align-items: baseline; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0; }
footer { color: var(--soft); font-size: .9rem; padding-bottom: 2.5rem; }
@media (max-width: 46rem) {
  body { font-size: 15px; }
  header, main, footer { padding-left: .75rem; padding-right: .75rem; }
  section, .verdict { padding: .9rem .85rem; }
  .equation b { font-size: 1.5rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .35rem; }
  thead { position: absolute; left: -100vw; }
  thead th { position: static; }
  table, tbody, tfoot, tr, td, caption { display: block; width: auto; }
  tbody tr:nth-child(even) { background: none; }
  tr { border-bottom: 1px solid var(--line); padding: .6rem 0; }
  td, td.number, td.way { border: 0; padding: .1rem 0; text-align: left; white-space: normal; width: auto; }
  td:empty { display: none; }
  td.named { display: flex; gap: .6rem; }
  td.named::before { content: attr(data-head); color: var(--soft); flex: 0 0 7.5rem; }
  td.number { display: inline-block; width: 32%; }
  td.number::before { content: attr(data-head); color: var(--soft); display: block; font-size: .82rem; }
  td.id { font-weight: 600; }
  tfoot td { border: 0; }
}
@page { margin: 14mm; }
@media print {
  html { font-size: 9pt; }
  :root {
    --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --stripe: #fff; --link: #000;
    --done: #17734a; --done-back: #fff; --wait: #845400; --wait-back: #fff; --bad: #b3261e; --bad-back: #fff;
    --undone: #5e46a0; --undone-back: #fff; --quiet-back: #eee;
  }
  body { font-size: 1rem; }
  #actions article { font-size: .92rem; padding: .5rem 0; }
  #actions { columns: 2; column-gap: 2rem; }
  #actions h2 { column-span: all; }
  header, main, footer { max-width: none; padding: 0; }
  section { border: 0; padding: 0; margin: 0 0 1.2rem; }
  nav { display: none; }
  thead th { position: static; }
  tfoot { display: table-row-group; }  /* else it stands on every page */
  tr, .verdict { break-inside: avoid; }
  h2, section > p { break-after: avoid; }
  .state { border: 1px solid currentColor; padding: 0 .35rem; }
  a { text-decoration: none; }
}
)css";

}  // namespace regraft::cli
