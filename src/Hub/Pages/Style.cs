namespace Holdfast.Hub.Pages;

/// <summary>The look of all pages of the hub, and our mark: an anchoring root over a line of water.</summary>
internal static class Style
{
    public static readonly Html Mark = Html.Trusted("""
        <svg aria-hidden="true" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"><circle cx="16" cy="5.5" r="3"/><path d="M16 8.5V27M10 13.5h12M16 27C9.5 27 5 23 4 17.5M16 27c6.5 0 11-4 12-9.5M16 22c-3 0-5-1.5-5.8-4M16 22c3 0 5-1.5 5.8-4"/></svg>
        """);

    public static readonly Html Sheet = Html.Trusted("""
        :root{color-scheme:light dark;--ink:#16242b;--soft:#52656d;--paper:#f4f7f7;--card:#fff;--line:#d5dfe1;--accent:#0b7285;--good:#2b8a3e;--bad:#c92a2a;--wait:#b35c00}
        @media(prefers-color-scheme:dark){:root{--ink:#dfeaec;--soft:#9db0b6;--paper:#10181b;--card:#182327;--line:#2b3a40;--accent:#4cc2d3;--good:#69db7c;--bad:#ff8787;--wait:#ffb45c}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
        a{color:var(--accent)}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        .bar{background:var(--card);border-bottom:1px solid var(--line)}
        .bar>div{max-width:62rem;margin:auto;padding:.6rem 1rem;display:flex;gap:.25rem 1.25rem;align-items:center;flex-wrap:wrap}
        .bar a{text-decoration:none;color:var(--soft);padding:.35rem 0}.bar a[aria-current]{color:var(--ink);font-weight:600;box-shadow:0 2px var(--accent)}
        .bar nav{gap:.25rem 1.25rem}.brand{display:flex;gap:.5rem;align-items:center;font-weight:700;color:var(--ink)!important;margin-right:auto}.brand svg,.small header svg{width:1.75rem;height:1.75rem;color:var(--accent)}
        main{max-width:62rem;margin:auto;padding:1.25rem 1rem 4rem}
        .small main{max-width:30rem;margin:10vh auto 4rem}.small main>section{padding:1.75rem}.small header{display:flex;gap:.75rem;align-items:center;margin-bottom:1rem}
        h1{font-size:1.5rem;line-height:1.25;margin:0}h2{font-size:1.0625rem;margin:0 0 .75rem}
        .head{display:flex;gap:.5rem 1rem;align-items:center;flex-wrap:wrap;margin-bottom:1rem}.head h1{margin-right:auto}
        section,.machine{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.1rem 1.25rem;margin-bottom:1rem}
        .machine{display:grid;grid-template-columns:1fr auto;gap:.25rem 1rem;align-items:center;border-left:4px solid var(--line)}
        .machine.running,.machine.starting,.machine.pulling{border-left-color:var(--accent)}.machine.failed{border-left-color:var(--bad)}.machine.safe{border-left-color:var(--wait)}
        .machine h2{margin:0;font-size:1.125rem}.machine h2 a{color:inherit;text-decoration:none}.machine h2 a:hover{text-decoration:underline}
        .facts{color:var(--soft);font-size:.9375rem;margin:0;font-variant-numeric:tabular-nums}.facts span+span::before{content:" · "}
        .why{grid-column:1/-1;margin:.35rem 0 0;font-size:.9375rem}
        .state{display:inline-block;font-size:.8125rem;font-weight:600;padding:.1rem .6rem;border-radius:99px;border:1px solid currentColor;color:var(--soft);vertical-align:middle;white-space:nowrap}
        .state.running{color:var(--good)}.state.starting,.state.pulling,.state.stopping{color:var(--accent)}.state.failed{color:var(--bad)}.state.safe{color:var(--wait)}
        .do{display:flex;gap:.5rem;flex-wrap:wrap;align-items:center}.do form{margin:0}
        button,.button{display:inline-block;font:inherit;font-size:.9375rem;font-weight:600;line-height:1.3;min-height:2.5rem;padding:.55rem 1.1rem;border:1px solid var(--line);border-radius:8px;background:none;color:var(--accent);text-decoration:none;cursor:pointer}
        button:hover,.button:hover{border-color:var(--accent)}
        button.main,.button.main{background:var(--accent);border-color:var(--accent);color:var(--card)}button.bad{border-color:var(--bad);color:var(--bad)}.bar button{border:0;padding:.35rem 0;min-height:0;font-size:1rem;font-weight:400;color:var(--soft)}
        form{margin:0}label{display:block;font-weight:600;margin-bottom:1rem}label small,.hint{font-weight:400;color:var(--soft);font-size:.875rem}
        input,select,textarea{display:block;width:100%;font:inherit;font-weight:400;margin-top:.25rem;padding:.5rem .75rem;min-height:2.5rem;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:inherit}textarea{min-height:5rem;font:14px ui-monospace,monospace}
        .columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(14rem,100%),1fr));gap:0 1rem}.columns label{margin-bottom:.75rem}
        .wrong,.said{border-radius:8px;padding:.6rem .9rem;margin:0 0 1rem;border:1px solid var(--bad);color:var(--bad);font-weight:600}.said{border-color:var(--good);color:var(--ink);font-weight:400}
        .empty{border-style:dashed;text-align:center;color:var(--soft);padding:2.5rem 1.25rem}.empty h2{color:var(--ink);margin-bottom:.25rem}
        table{width:100%;border-collapse:collapse;font-size:.9375rem}th,td{text-align:left;padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:600}tbody:last-child tr:last-child>*{border-bottom:0}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td:last-child,th:last-child{padding-right:0}td:last-child:has(form){text-align:right}td .do{justify-content:flex-end}.wide{margin-bottom:1rem}form+h2{margin-top:1.5rem}
        pre,code{font:14px/1.45 ui-monospace,monospace}pre{margin:.5rem 0 0;padding:.75rem .9rem;border:1px solid var(--line);border-radius:8px;background:var(--paper);white-space:pre-wrap;max-height:24rem;overflow:auto}mark{background:none;color:var(--bad);font-weight:700}
        ol.steps{list-style:none;margin:0;padding:0}.steps li{display:grid;grid-template-columns:1.5rem 1fr auto;gap:.5rem;padding:.3rem 0;font-variant-numeric:tabular-nums}.steps li::before{content:"✓";color:var(--good);font-weight:700}.steps li.now::before{content:"…";color:var(--accent)}.steps li.bad::before{content:"✗";color:var(--bad)}.steps li.bad small{color:var(--bad)}.steps li.skipped::before{content:"–";color:var(--wait)}.steps small{color:var(--soft);display:block}
        details>summary{cursor:pointer;font-weight:600;color:var(--accent)}details[open]>summary{margin-bottom:1rem}
        p:first-child{margin-top:0}p:last-child{margin-bottom:0}
        @media(max-width:560px){.machine{grid-template-columns:1fr}.wide{overflow-x:auto}h1{font-size:1.3rem}.brand{font-size:0;gap:0}.bar nav,.bar>div{gap:.25rem .9rem}td .do{justify-content:flex-start}}
        """);
}
