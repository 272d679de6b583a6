"""How the report looks, on a screen, on a phone and on paper."""

STYLE = """
:root{--ink:#1d2b2a;--quiet:#5d6b6a;--line:#dfe5e4;--back:#fff;--card:#f4f8f7;--ours:#0f766e;--second:#c2410c;
--third:#6d5bd0;--other:#b4bfbe}
@media(prefers-color-scheme:dark){:root{--ink:#e6eeed;--quiet:#9bb0ae;--line:#2f3d3c;--back:#101817;--card:#182322;
--ours:#2dd4bf;--second:#fb923c;--third:#a99cf5;--other:#56655f}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);
font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:1.9rem;line-height:1.25;margin:.4em 0 0}
h2{font-size:1.25rem;margin:2em 0 .4em}
h3{font-size:1.05rem;margin:0 0 .4em}
h4{font-size:.95rem;margin:.6em 0 .2em}
p{margin:.5em 0;max-width:70ch}
.shop{color:var(--quiet);font-size:1.1rem;margin-top:0}
.quiet{color:var(--quiet);font-size:.92rem}
.notice{background:#fff3d6;color:#5b4300;border-radius:6px;padding:8px 12px}
.short{background:var(--card);border-left:4px solid var(--ours);border-radius:6px;padding:4px 18px 12px;margin:1.4em 0}
.short h2{margin:.6em 0 .2em}
.short p{font-size:1.08rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;min-width:100%}
th,td{padding:6px 9px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap;vertical-align:top}
tr:first-child th{white-space:normal;min-width:5em;vertical-align:bottom}
th:first-child{text-align:left;font-weight:500;position:sticky;left:0;background:var(--back)}
tr:first-child th{color:var(--quiet);font-weight:500}
tr.ours th,tr.ours td{color:var(--ours);font-weight:700}
td small{display:block;color:var(--quiet);font-weight:400}
details{margin-top:.6em}summary{cursor:pointer;color:var(--ours)}
svg{width:100%;height:auto;margin-top:.6em;font-family:inherit}
rect.ours,circle.ours{fill:var(--ours)}rect.second,circle.second{fill:var(--second)}
rect.third,circle.third{fill:var(--third)}rect.other,circle.other{fill:var(--other)}
polyline{fill:none;stroke-width:2.5}polyline.ours{stroke:var(--ours)}polyline.second{stroke:var(--second)}
polyline.third{stroke:var(--third)}
text{fill:var(--ink);font-size:13px}text.figure{fill:var(--quiet);font-size:12px}
text.small{font-size:11px}text.label.ours{fill:var(--ours);font-weight:700}
line.grid{stroke:var(--line)}line.leader{stroke:var(--quiet);opacity:.6}line.whisker{stroke:var(--ink);stroke-width:1.5;opacity:.65}
.legend{font-size:.9rem}span.ours{color:var(--ours)}span.second{color:var(--second)}span.third{color:var(--third)}
article{border:1px solid var(--line);border-radius:8px;padding:14px 18px;margin:14px 0;font-size:.93rem}
.lists{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:0 20px}
ol{padding-left:1.4em;margin:.2em 0}li{margin:.3em 0}li small{display:block;color:var(--quiet)}
.hit{color:var(--ours)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;font-size:.93rem}dt{font-weight:600}dd{margin:0}
@media(max-width:560px){main{padding:14px 14px 48px}h1{font-size:1.5rem}dl{display:block}dd{margin:0 0 .6em}
text{font-size:18px}text.figure{font-size:16px}text.small{font-size:13px}}
"""
