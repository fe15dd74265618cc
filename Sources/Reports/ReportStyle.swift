/// How the page looks: one column, readable on a telephone, light and dark.
enum ReportStyle {
  static let sheet = """
    :root { --ink: #1b1f24; --faint: #66707c; --page: #ffffff; --line: #d8dee4; --entry: #2f6fbf; --clean: #a9c8ec;
      --ceiling: #3a8f5c; --floor: #9aa4ae; --control: #c98a1b; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --faint: #9aa4ae; --page: #14171b;
      --line: #333a42; --entry: #5b9be6; --clean: #2c4a6e; --ceiling: #58b37c; --floor: #6b747e; --control: #d9a441; } }
    body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 860px;
      margin: 2rem auto; padding: 0 1rem; }
    h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
    p.lead, p.legend, p.note { color: var(--faint); font-size: .9rem; }
    .wide { overflow-x: auto; } td { overflow-wrap: anywhere; } td:first-child { min-width: 8rem; }
    table { border-collapse: collapse; font-size: .85rem; width: 100%; }
    th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    code { font-size: .85em; } ul.names { columns: 2 18rem; font-size: .85rem; padding-left: 1.1rem; }
    svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg .tick { fill: var(--faint); font-size: 11px; }
    svg .value { font-variant-numeric: tabular-nums; } svg .inside { fill: #fff; font-size: 11px; }
    svg .grid { stroke: var(--line); } svg .zero { stroke: var(--faint); } svg .whisker { stroke: var(--ink); stroke-width: 1.5; }
    svg .range { stroke: var(--entry); stroke-width: 7; } svg .point { fill: var(--ink); }
    svg .curve { fill: none; stroke: var(--ink); stroke-width: 1.5; } svg .band { opacity: .25; }
    @media (max-width: 640px) { svg { width: 100%; height: auto; } svg text, svg .tick, svg .inside { font-size: 17px; } }
    .entry { fill: var(--entry); background: var(--entry); } .clean { fill: var(--clean); background: var(--clean); }
    .ceiling { fill: var(--ceiling); background: var(--ceiling); } .floor { fill: var(--floor); background: var(--floor); }
    .control { fill: var(--control); background: var(--control); }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 0 1rem; }
    h3 { font-size: .9rem; font-weight: 600; margin: 1.1rem 0 .1rem; }
    svg .learned, svg .trivial { fill: none; stroke-width: 1.5; } svg .trivial { stroke-dasharray: 4 3; opacity: .7; }
    svg polyline.entry, svg circle.entry { stroke: var(--entry); } svg polyline.control, svg circle.control { stroke: var(--control); }
    svg .gate { stroke-width: 4; } svg line.entry { stroke: var(--entry); } svg line.control { stroke: var(--control); }
    figure.flip { margin: 1.2rem 0 1.8rem; } figcaption span { color: var(--faint); } .flip code { color: var(--faint); }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: .4rem 1rem; margin-top: .3rem; }
    .pair p { margin: .2rem 0; font-size: .85rem; } p.good { color: var(--ceiling); } p.bad { color: #c75b6e; }
    .pair video { width: 100%; border-radius: 4px; display: block; }
    .strip { display: grid; grid-template-columns: repeat(3, 1fr); gap: 3px; } .strip span { position: relative; }
    .strip img { width: 100%; display: block; border-radius: 2px; }
    .strip small { position: absolute; left: 4px; bottom: 3px; font-size: 10px; color: #fff; background: #0008;
      padding: 0 4px; border-radius: 2px; }
    .key { display: inline-block; width: .8em; height: .8em; border-radius: 2px; }
    .solved { fill: #3a8f5c; background: #3a8f5c; } .unexplained { fill: #7a828b; background: #7a828b; }
    .reason0 { fill: #5b3f8c; background: #5b3f8c; } .reason1 { fill: #8c4f9f; background: #8c4f9f; }
    .reason2 { fill: #b0568f; background: #b0568f; } .reason3 { fill: #c75b6e; background: #c75b6e; }
    .reason4 { fill: #cf6a45; background: #cf6a45; } .reason5 { fill: #bf7f22; background: #bf7f22; }
    .reason6 { fill: #8f8a1c; background: #8f8a1c; } .reason7 { fill: #4f7d8f; background: #4f7d8f; }
    """
}
