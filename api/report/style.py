"""The page's style sheet: one column, quiet, light and dark as the reader's system says."""

STYLE = """
:root{--bg:#fff;--fg:#1b1f24;--quiet:#667;--rule:#dde1e6;--card:#f7f8fa;--c0:#2563eb;--c1:#c2410c;
--c2:#0d9488;--c3:#7c3aed;--c4:#b45309;--c5:#94a3b8;--up:#15803d;--down:#b91c1c}
@media(prefers-color-scheme:dark){:root{--bg:#11151a;--fg:#e6e9ee;--quiet:#9aa4b2;--rule:#2a313a;
--card:#181d24;--c0:#60a5fa;--c1:#fb923c;--c2:#2dd4bf;--c3:#a78bfa;--c4:#fbbf24;--c5:#64748b;
--up:#4ade80;--down:#f87171}}
body{background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;max-width:820px;
margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .4rem;
border-top:1px solid var(--rule);padding-top:1.2rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}
p{margin:.4rem 0}.quiet{color:var(--quiet)}table{border-collapse:collapse;width:100%;
font-variant-numeric:tabular-nums;font-size:.88rem}.wide{overflow-x:auto}
th,td{padding:.25rem .5rem;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
th:first-child,td:first-child{text-align:left}th{color:var(--quiet);font-weight:600}
.card{background:var(--card);border:1px solid var(--rule);border-radius:6px;padding:.8rem 1rem;
margin:1rem 0}svg{width:100%;height:auto;display:block;margin:.3rem 0}
svg text{fill:var(--quiet);font-size:11px}svg text.name{text-anchor:end}
polyline{fill:none;stroke-width:1.6}.dashed{stroke-dasharray:5 4}
.grid{stroke:var(--rule)}.zero{stroke:var(--quiet)}
.s0{stroke:var(--c0)}.s1{stroke:var(--c1)}.s2{stroke:var(--c2)}.s3{stroke:var(--c3)}
.s4{stroke:var(--c4)}.s5{stroke:var(--c5)}.f0{fill:var(--c0)}.f1{fill:var(--c1)}
.up{fill:var(--up);stroke:var(--up)}.down{fill:var(--down);stroke:var(--down)}
.hollow{fill:var(--bg)}.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.85rem;
color:var(--quiet)}.legend i{display:inline-block;width:1.4rem;border-top:2px solid;
margin-right:.4rem;vertical-align:middle}.legend i.dashed{border-top-style:dashed}
.b0{color:var(--c0)}.b1{color:var(--c1)}.b2{color:var(--c2)}.b3{color:var(--c3)}
.b4{color:var(--c4)}.b5{color:var(--c5)}
"""
