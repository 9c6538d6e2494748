/// The one stylesheet: light and dark, narrow and wide.
enum StyleSheet {
    static let text = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--line:#d0d7de;--accent:#0b5d4e;--tint:#f3f6f5}
        @media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa6b2;--paper:#0f1419;--line:#30363d;--accent:#5fd0b5;--tint:#171d24}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
        header{border-bottom:1px solid var(--line);padding:.8rem 1.2rem}
        .brand{font-weight:700;text-decoration:none;color:var(--accent)}
        main{max-width:62rem;margin:0 auto;padding:1.2rem}
        h1{font-size:1.8rem;line-height:1.2;margin:.6rem 0}
        h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
        h3{font-size:1rem;margin:1.2rem 0 .3rem}
        a{color:var(--accent)}
        a:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        .skip{position:absolute;left:-99rem}
        .skip:focus{left:.5rem;top:.5rem;background:var(--paper);padding:.4rem}
        .soft{color:var(--soft)}
        code,pre{font:.9em/1.5 ui-monospace,monospace}
        pre{background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.8rem;overflow-x:auto}
        table{border-collapse:collapse;width:100%;margin:.5rem 0}
        .scroll{overflow-x:auto}
        th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
        details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;padding:.5rem .8rem}
        summary{cursor:pointer;overflow-wrap:anywhere}
        .method{display:inline-block;min-width:4.2em;font-weight:700;color:var(--accent)}
        .cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr))}
        .card h2{margin-top:0}
        .figures{display:grid;gap:.8rem;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));margin:0}
        .figures div{background:var(--tint);border:1px solid var(--line);border-radius:8px;padding:.6rem .8rem}
        .figures dt{color:var(--soft);font-size:.9rem}
        .figures dd{margin:0;font-size:1.4rem;font-weight:700;overflow-wrap:anywhere}
        .number{text-align:right;font-variant-numeric:tabular-nums}
        caption{text-align:left;color:var(--soft);padding:.3rem 0}
        td,tbody th{font-weight:400}
        .chart{width:100%;max-width:34rem;height:auto;display:block}
        .bar{fill:var(--accent)}
        .axis{fill:var(--soft);font-size:13px}
        .axis-line{stroke:var(--line)}
        .tags{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.5rem 1.2rem}
        .card h3{margin-top:0}
        .card p{overflow-wrap:anywhere}
        .empty{background:var(--tint);border:1px dashed var(--line);border-radius:8px;padding:.8rem}
        .problem{border-left:4px solid #b3261e;background:var(--tint);padding:.6rem .8rem}
        .title{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between}
        .whole{white-space:nowrap}
        input,button{font:inherit;color:inherit;padding:.45rem .7rem;border:1px solid var(--soft);border-radius:6px;background:var(--paper)}
        input{width:100%;max-width:34rem}
        button{cursor:pointer;background:var(--accent);border-color:var(--accent);color:var(--paper)}
        input:focus-visible,button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        .card{border:1px solid var(--line);border-radius:8px;padding:1rem}
        """
}
