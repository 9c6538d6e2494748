/// The one stylesheet: light and dark, narrow and wide.
enum StyleSheet {
    static let text = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--line:#d0d7de;--accent:#0b5d4e;--tint:#f3f6f5;--bad:#a1201a;--warn:#7a5200;--shade:#1b1f2426}
        @media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa6b2;--paper:#0f1419;--line:#30363d;--accent:#5fd0b5;--tint:#171d24;--bad:#ff9d94;--warn:#e3b341;--shade:#00000099}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
        header{border-bottom:1px solid var(--line);padding:.7rem 0 0}
        .wide,main{max-width:66rem;margin:0 auto;padding:0 1.2rem}
        header .wide{display:flex;flex-wrap:wrap;gap:.3rem 1rem;align-items:center;justify-content:space-between;padding-bottom:.7rem}
        .aside{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;align-items:center}
        header form{display:flex;gap:.8rem;align-items:center;margin:0}
        .brand{font-weight:700;text-decoration:none;color:var(--accent);font-size:1.15rem}
        header .wide{position:relative}
        nav.menu{margin-right:auto}
        nav.menu details{border:0;margin:0;padding:0}
        nav.menu summary{padding:.35rem .8rem;border:1px solid var(--line);border-radius:6px}
        .places{position:absolute;z-index:2;left:1.2rem;width:max-content;max-width:calc(100% - 2.4rem);top:100%;background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:.4rem 1.4rem .8rem;display:flex;flex-wrap:wrap;gap:0 3rem;box-shadow:0 .4rem 1rem var(--shade)}
        .places .aside,nav.bare{display:none}
        .places ul{flex-direction:column}
        .places a{padding:.25rem 0}
        nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:0 1.3rem}
        nav a{display:block;padding:.45rem 0;text-decoration:none;color:var(--ink);border-bottom:3px solid transparent}
        nav a:hover{border-color:var(--line)}
        nav a[aria-current]{border-color:var(--accent);color:var(--accent);font-weight:600}
        main{padding:1rem 1.2rem 4rem}
        h1{font-size:1.7rem;line-height:1.2;margin:.6rem 0;overflow-wrap:anywhere}
        h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
        h3{font-size:1rem;margin:1.2rem 0 .3rem}
        a{color:var(--accent)}
        a:focus-visible,summary:focus-visible,input:focus-visible,button:focus-visible,select:focus-visible,textarea:focus-visible,pre:focus-visible,.scroll:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        .skip{position:absolute;left:-99rem}
        .skip:focus{left:.5rem;top:.5rem;background:var(--paper);padding:.4rem;z-index:1}
        .soft{color:var(--soft)}
        code,pre{font:.9em/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
        pre{background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.8rem;overflow-x:auto;white-space:pre-wrap}
        table{border-collapse:collapse;width:100%;margin:.5rem 0}
        .scroll{overflow-x:auto;background:linear-gradient(90deg,var(--paper) 40%,transparent) 0 0/3rem 100% no-repeat local,linear-gradient(270deg,var(--paper) 40%,transparent) 100% 0/3rem 100% no-repeat local,linear-gradient(90deg,var(--shade),transparent) 0 0/1rem 100% no-repeat scroll,linear-gradient(270deg,var(--shade),transparent) 100% 0/1rem 100% no-repeat scroll}
        main p,main li,summary{overflow-wrap:anywhere}
        th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
        td form{margin:0}
        td details{border:0;padding:0;margin:0}
        details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;padding:.5rem .8rem}
        summary{cursor:pointer;overflow-wrap:anywhere}
        .method{display:inline-block;min-width:4.2em;font-weight:700;color:var(--accent)}
        .cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(18rem,100%),1fr))}
        .card{border:1px solid var(--line);border-radius:8px;padding:1rem}
        .card h2,.card h3{margin-top:0}
        .card h2{border:0;padding:0}
        .card p{overflow-wrap:anywhere}
        .figures{display:grid;gap:.8rem;grid-template-columns:repeat(auto-fit,minmax(min(11rem,calc(50% - .4rem)),1fr));margin:0}
        .figures+.cards,.fields+.figures{margin-top:1.2rem}
        .figures div{background:var(--tint);border:1px solid var(--line);border-radius:8px;padding:.6rem .8rem}
        .figures dt{color:var(--soft);font-size:.9rem}
        .figures dd{margin:0;font-size:1.3rem;font-weight:700;overflow-wrap:anywhere}
        .facts{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.3rem 1.2rem}
        .facts dt{color:var(--soft)}
        .facts dd{margin:0;overflow-wrap:anywhere}
        .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        caption{text-align:left;color:var(--soft);padding:.3rem 0}
        td,tbody th{font-weight:400}
        thead th{word-break:keep-all}
        tbody th .id{display:inline-block;min-width:9rem}
        .long{display:inline-block;min-width:8rem;overflow-wrap:anywhere}
        .acronym{text-transform:uppercase}
        .chart{max-width:100%;height:auto;display:block}
        .chart-narrow{display:none}
        .chart .before{fill:none;stroke:var(--soft);stroke-width:2;stroke-dasharray:5 4}
        .charts+.legend.drawn::before{content:"";display:inline-block;width:1.6em;border-top:2px dashed var(--soft);vertical-align:middle;margin-inline-end:.5em}
        .line{fill:none;stroke:var(--accent);stroke-width:2}
        .field{fill:transparent}
        .field:hover{fill:var(--line)}
        .grid{stroke:var(--line);stroke-dasharray:2 4}
        @media (max-width:44rem){
        .chart-wide{display:none}.chart-narrow{display:block}
        .scroll thead th:first-child,.scroll tbody th:first-child{position:sticky;left:0;background:var(--paper);max-width:45vw;white-space:normal;overflow-wrap:anywhere}
        .figures div{padding:.5rem .6rem}
        .figures dd{font-size:1.15rem}
        .stacked,.stacked tbody,.stacked caption{display:block}
        .scroll:has(>.stacked){overflow-x:visible;background:none}
        .scroll table.stacked{width:100%}
        .stacked thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        .stacked tr{display:block;border:1px solid var(--line);border-radius:8px;padding:.3rem .8rem .5rem;margin:.6rem 0}
        .scroll .stacked td,.scroll .stacked tbody th{display:block;border:0;padding:.15rem 0;max-width:none;text-align:left;white-space:normal;overflow-wrap:anywhere}
        .scroll .stacked tbody th{position:static;font-weight:600}
        .scroll .stacked td[data-label]{display:flow-root;padding-left:8.5rem}
        .stacked td[data-label]::before{content:attr(data-label);float:left;width:8rem;margin-left:-8.5rem;color:var(--soft);font-size:.9rem}
        .scroll .stacked td[data-blank]{display:none}
        header .wide{gap:.3rem .7rem}
        header .wide>.aside{display:none}
        .places .aside{display:flex;gap:.4rem 1.2rem;padding-top:.6rem}
        nav.bare{display:block}
        nav.menu{margin-right:0}
        .places{left:auto;right:1.2rem}
        }
        .bar{fill:var(--accent)}
        .bar-tool{fill:var(--warn)}.bar-bad{fill:var(--bad)}
        .said{border-left:4px solid var(--line);padding:.2rem .9rem;margin:.9rem 0;overflow-wrap:anywhere;white-space:pre-wrap}
        .said-assistant{border-color:var(--accent);background:var(--tint)}
        .said-tool{font:.85em/1.5 ui-monospace,monospace;color:var(--soft)}
        .said h2{margin:0;font-size:.85rem;color:var(--soft);font-weight:400}
        .axis{fill:var(--soft);font-size:13px}
        .axis-line{stroke:var(--line)}
        .tags,.steps{list-style:none;padding:0}
        .tags{display:flex;flex-wrap:wrap;gap:.5rem 1.2rem}
        .steps li{padding:.25rem 0}
        .empty{background:var(--tint);border:1px dashed var(--line);border-radius:8px;padding:.8rem}
        .problem,.done{border-left:4px solid var(--bad);background:var(--tint);padding:.6rem .8rem;overflow-wrap:anywhere}
        .done{border-color:var(--accent)}
        .problem ul{margin:0;padding-left:1.2rem}
        .fields:has(.field-problem){align-items:start}
        .field-problem{display:block;color:var(--bad);font-size:.9rem}
        [aria-invalid]{border-color:var(--bad);border-width:2px}
        .title{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between}
        .whole{white-space:nowrap}
        .id{font:.85em ui-monospace,monospace;overflow-wrap:anywhere}
        .state{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:0 .6rem;font-size:.85rem;white-space:nowrap}
        .state-completed,.state-active,.state-delivered,.state-answered,.state-verified,.state-approved,.state-payable,.state-paid,.state-closed{color:var(--accent)}
        .state-failed,.state-disabled,.state-suspended,.state-removed,.state-broken,.state-rejected,.state-revoked,.state-ended{color:var(--bad)}
        .state-pending,.state-processing,.state-unknown,.state-review,.state-paused,.state-running,.state-scheduled,.state-draft,.state-closing,.state-carried_over{color:var(--warn)}
        .fields{display:grid;gap:.2rem 1rem;grid-template-columns:repeat(auto-fit,minmax(min(15rem,100%),1fr));align-items:end;margin:0 0 .6rem}
        .fields p,.row p{margin:.3rem 0}
        .fields p:has(textarea){grid-column:1/-1}
        .row{display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:end}
        p.row{align-items:center}
        label,legend{font-size:.95rem}
        fieldset{border:1px solid var(--line);border-radius:6px;margin:.3rem 0;padding:.3rem .8rem .6rem}
        fieldset label{display:block}
        .boxes{display:flex;flex-wrap:wrap;gap:.1rem 1.4rem}
        input,button,select,textarea{font:inherit;color:inherit;padding:.45rem .7rem;border:1px solid var(--soft);border-radius:6px;background:var(--paper)}
        input,select,textarea{width:100%;max-width:34rem}
        input,select{min-height:2.6rem}
        input[type=checkbox],input[type=radio]{width:auto;min-height:0;margin-right:.5rem}
        textarea{min-height:7rem;font-family:ui-monospace,monospace;max-width:none}
        button,.button{cursor:pointer;background:var(--accent);border-color:var(--accent);color:var(--paper)}
        .button{display:inline-block;border:1px solid var(--accent);text-decoration:none;border-radius:6px;padding:.45rem .7rem}
        .quiet{background:var(--paper);color:var(--accent)}
        .danger{background:var(--paper);color:var(--bad);border-color:var(--bad)}
        td button{padding:.15rem .6rem;white-space:nowrap}
        td .row{align-items:center}
        td .row input{min-width:5rem;max-width:9rem;min-height:2rem;padding:.15rem .5rem}
        .post{border:1px solid var(--line);border-radius:6px;padding:.2rem 1rem;margin:1rem 0;overflow-wrap:anywhere}
        .post:target{border-color:var(--accent)}
        .post>h2{font-size:1rem;border:0;margin:.6rem 0 .3rem;padding:0}
        .post th{font-weight:600;text-align:left}
        .post blockquote blockquote blockquote blockquote{border:0;margin:.4rem 0;padding:0}
        .post blockquote{border-left:4px solid var(--line);margin:.8rem 0;padding:.1rem .9rem;color:var(--soft)}
        .badge{background:var(--tint);border-left:4px solid var(--accent);padding:.3rem .7rem;margin:.3rem 0}
        progress{width:100%;max-width:34rem;height:1.2rem;accent-color:var(--accent)}
        @media(max-width:34rem){header nav.wide{flex-flow:column nowrap;align-items:stretch}.scroll table{width:max-content;min-width:100%}.scroll th,.scroll td{max-width:15rem;overflow-wrap:anywhere}thead th{white-space:normal}.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}th,td{padding:.35rem .4rem}}
        """
}
