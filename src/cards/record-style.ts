/** The style of a record's page: one file without scripts, for screens of both themes and for paper. */
export const RECORD_STYLE = `
:root { color-scheme: light dark; --ink: #1b1a19; --quiet: #605e5c; --line: #e3e0dd; --paper: #fff; --wash: #f6f5f4;
  --good: #13a10e; --fine: #0f6cbd; --warn: #bc4b09; --bad: #b10e1c; --rest: #a19f9d; --copied: #5b5fc7; --adopted: #9ea2ec; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #f3f2f1; --quiet: #b3b0ad; --line: #3d3b39; --paper: #1f1f1f;
  --wash: #292827; --good: #54b054; --fine: #62abf5; --warn: #f7894a; --bad: #eb6f78; --rest: #797775; --copied: #8287e8; --adopted: #4f52b2; } }
* { box-sizing: border-box; }
body { background: var(--paper); color: var(--ink); font: 14px/1.5 "Segoe UI", system-ui, "Liberation Sans", sans-serif;
  margin: 0 auto; max-width: 76rem; padding: 2.5rem 2rem 4rem; }
header { border-bottom: 2px solid var(--ink); margin-bottom: 1.75rem; padding-bottom: 1rem; }
.what { color: var(--quiet); font-size: .8rem; letter-spacing: .08em; text-transform: uppercase; }
h1 { font-size: 2rem; font-weight: 650; line-height: 1.2; margin: .1rem 0 .5rem; overflow-wrap: anywhere; }
h2 { break-after: avoid; font-size: 1.15rem; font-weight: 650; margin: 2.5rem 0 .6rem; }
p { margin: .3rem 0; } .verdict { font-size: 1.1rem; } .quiet { color: var(--quiet); }
.pill { border: 1px solid currentColor; border-radius: 1rem; display: inline-block; font-size: .8rem; font-weight: 600; margin-right: .6rem; padding: .05rem .6rem; vertical-align: .1rem; white-space: nowrap; }
.good { color: var(--good); } .fine { color: var(--fine); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.tiles { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); margin: 0; }
.tiles div { background: var(--wash); border-radius: .5rem; padding: .7rem .9rem; }
dt { color: var(--quiet); font-size: .85rem; } .tiles dd { font-size: 1.5rem; font-weight: 650; line-height: 1.25; margin: 0; }
.tiles small { color: var(--quiet); font-size: .8rem; font-weight: 400; }
.bar { border-radius: .3rem; display: flex; gap: 2px; height: 1.1rem; margin: .8rem 0 .5rem; overflow: hidden; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bar span { min-width: 3px; } .copied { background: var(--copied); } .adopted { background: var(--adopted); } .excluded { background: var(--rest); }
.skipped { background: var(--warn); } .failed { background: var(--bad); } .pending { background: var(--line); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; margin: 0; padding: 0; }
.legend i { border-radius: .15rem; display: inline-block; height: .7rem; margin-right: .4rem; width: .7rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.points { margin: 0; padding-left: 1.2rem; } .points li { margin: .25rem 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .88rem; width: 100%; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th { border-bottom: 1px solid var(--ink); color: var(--quiet); font-weight: 600; padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: bottom; }
td { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; padding: .4rem .6rem .4rem 0; vertical-align: top; }
.number { font-variant-numeric: tabular-nums; overflow-wrap: normal; text-align: right; } td.number, td.time, td.who, td.word { white-space: nowrap; } td.wide { min-width: 10rem; }
code { font: .82rem/1.4 "Cascadia Mono", Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
pre { background: var(--wash); border-radius: .4rem; overflow-wrap: anywhere; padding: .7rem .9rem; white-space: pre-wrap; }
.facts { display: grid; gap: .25rem 1.5rem; grid-template-columns: max-content 1fr; margin: 0; } .facts dd { margin: 0; overflow-wrap: anywhere; }
.approval { border: 1px solid var(--line); border-radius: .5rem; break-inside: avoid; margin: .7rem 0; padding: .7rem .9rem; } .approval ul { margin: .3rem 0; padding-left: 1.2rem; }
@media (max-width: 40rem) { body { padding: 1.25rem 1rem 3rem; } .scroll { overflow-x: auto; } table { min-width: 44rem; } .facts { grid-template-columns: 1fr; } .facts dd { margin-bottom: .4rem; } }
@page { margin: 16mm 14mm; }
@media print { .tiles { grid-template-columns: repeat(6, 1fr); } .tiles div { padding: .4rem .5rem; } .tiles dd { font-size: 12pt; } td.time, td.word { white-space: normal; } table { font-size: 8pt; } td.wide { min-width: 0; } code { font-size: 7.5pt; } body { font-size: 10pt; max-width: none; padding: 0; } h1 { font-size: 20pt; } .tiles div { border: 1px solid var(--line); } }
`;
