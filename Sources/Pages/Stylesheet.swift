// SPDX-License-Identifier: MIT

/// How pages look: in light and dark, on a phone and on a desk, and on paper.
///
/// The colours of curves are told apart by people with any kind of colour vision (Okabe and Ito's, darker or lighter by the
/// ground); what is right or wrong is said by a sign and the kind of its frame too.
enum Stylesheet {
    static let text = """
        :root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --faint: #59636e; --line: #d6dbe1; --panel: #f4f6f8;
          --right: #00795c; --wrong: #c3410d; --accent: #0067a8;
          --c0: #0067a8; --c1: #c3410d; --c2: #00795c; --c3: #9a4880; --c4: #8a6500; --c5: #3d9bd1; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #15181c; --ink: #e4e8ec; --faint: #9aa5b1; --line: #363d45; --panel: #1f242a;
            --right: #2fc99f; --wrong: #ff8a52; --accent: #63b8f0;
            --c0: #63b8f0; --c1: #ff8a52; --c2: #2fc99f; --c3: #de96c4; --c4: #e6c34a; --c5: #a9d8f5; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 1100px; margin: 0 auto; padding: 16px; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: 8px 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 40px 0 8px; padding-top: 8px; border-top: 1px solid var(--line); }
        h3 { font-size: 1rem; margin: 24px 0 4px; overflow-wrap: anywhere; }
        p { margin: 6px 0; max-width: 75ch; overflow-wrap: anywhere; }
        .faint, figcaption, .last { color: var(--faint); }
        .failed { color: var(--wrong); font-weight: 600; }
        nav { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 12px 0; }
        a { color: var(--accent); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        th, td { padding: 4px 8px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
        th { color: var(--faint); font-weight: 500; }
        td { overflow-wrap: anywhere; min-width: 2.6em; }
        td:first-child:not(.number) { min-width: 7.5em; }
        .number { text-align: right; white-space: nowrap; }
        .bar { display: block; width: 100%; min-width: 44px; height: 4px; }
        .bar rect { fill: var(--accent); }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 16px; }
        figure { margin: 0; }
        .chart { background: var(--panel); border-radius: 6px; padding: 8px; }
        figcaption { font-size: .875rem; overflow-wrap: anywhere; }
        .chart > svg { display: block; width: 100%; height: auto; }
        .chart text { font-size: 11px; fill: var(--faint); }
        .grid { stroke: var(--line); stroke-width: 1; }
        .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .dot { fill: none; stroke-width: 7; stroke-linecap: round; }
        .points { fill: none; stroke-width: 7; stroke-linecap: round; stroke-opacity: .75; }
        .c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); }
        .c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0 14px; margin: 4px 0 0; padding: 0; font-size: .8125rem; }
        .key { width: 16px; height: 8px; margin-right: 5px; }
        .strip { margin: 8px 0; }
        .strip img { display: block; max-width: 100%; width: 640px; height: auto; }
        .ranks { display: grid; grid-template-columns: repeat(11, minmax(0, 68px)); gap: 4px; margin: 4px 0 14px; }
        .ranks figure { text-align: center; }
        .ranks figure:first-child { padding-right: 6px; }
        .ranks img { display: block; width: 100%; height: auto; border: 3px solid var(--line); }
        .ranks .right img { border-color: var(--right); }
        .ranks .wrong img { border: 3px dashed var(--wrong); }
        .ranks .ignored img { border-style: dotted; filter: grayscale(1); opacity: .45; }
        .ranks figcaption { font-size: .75rem; line-height: 1.3; white-space: nowrap; }
        .right figcaption { color: var(--right); }
        .wrong figcaption { color: var(--wrong); }
        @media (max-width: 600px) {
          .ranks { grid-template-columns: repeat(6, minmax(0, 1fr)); }
          .ranks figure:first-child { grid-row: span 2; }
        }
        details { margin: 6px 0; }
        summary { cursor: pointer; overflow-wrap: anywhere; font-weight: 600; padding: 4px 0; }
        pre { overflow-x: auto; background: var(--panel); border-radius: 6px; padding: 8px; font-size: .8125rem; line-height: 1.4; }
        code { overflow-wrap: anywhere; }
        @media print { nav { display: none; } figure, tr { break-inside: avoid; } }
        """
}
