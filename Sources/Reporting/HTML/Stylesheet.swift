/// The look of the page; colours are named once for light and once for dark.
enum Stylesheet {
    /// The palette of series is Okabe and Ito's, made darker on white and lighter on black for contrast: its colours
    /// stay apart for readers who see few of them, and every line is named where it ends.
    static let css = """
        :root{color-scheme:light dark;
        --bg:#f7f6f3;--paper:#fff;--ink:#1d1c1a;--soft:#55524c;--faint:#6c6861;--line:#e3dfd7;--grid:#ece9e2;--tint:#f3f1ec;--edge:rgb(0 0 0/.28);
        --pass:#17704a;--pass-bg:#e6f3ec;--fail:#b02a1f;--fail-bg:#fbeae7;--unknown:#855500;--unknown-bg:#fbf1dc;
        --s1:#0067a8;--s2:#b84a00;--s3:#007a58;--s4:#a5478a;--s5:#836400;--s6:#4a4ab8;--s7:#9c2f4f;--s8:#5b6470}
        @media (prefers-color-scheme:dark){:root{
        --bg:#141414;--paper:#1c1c1b;--ink:#eceae6;--soft:#b8b4ac;--faint:#96928a;--line:#34322f;--grid:#2b2a28;--tint:#252422;--edge:rgb(255 255 255/.3);
        --pass:#5fc796;--pass-bg:#16291f;--fail:#f08d7f;--fail-bg:#331b17;--unknown:#e3b457;--unknown-bg:#2e2412;
        --s1:#5cb3ec;--s2:#f2935a;--s3:#3fc49c;--s4:#df94c6;--s5:#d9b640;--s6:#a3a3f5;--s7:#ee8aa6;--s8:#a5aeba}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.55 ui-sans-serif,system-ui,-apple-system,"Segoe UI",
        Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
        main{max-width:1320px;margin:0 auto;padding:40px 32px 72px}
        h1{font-size:30px;line-height:1.2;letter-spacing:-.02em;font-weight:650;margin:2px 0 8px;overflow-wrap:anywhere}
        h2{font-size:19px;letter-spacing:-.01em;font-weight:640;margin:52px 0 4px}
        h3{font-size:14.5px;font-weight:620;margin:0 0 10px}
        p{margin:0 0 12px;max-width:76ch}
        .lede{color:var(--soft);margin-bottom:16px}
        .eyebrow{font-size:12px;letter-spacing:.09em;text-transform:uppercase;color:var(--faint);font-weight:600}
        .meta{color:var(--soft);font-size:14px}
        .note{color:var(--faint);font-size:13px;font-weight:400}
        code,pre{font:13px/1.5 ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
        pre{background:var(--tint);border-radius:8px;padding:12px 14px;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
        .verdict{margin:26px 0 0;border-radius:12px;padding:20px 24px;border:1px solid}
        .verdict.pass{background:var(--pass-bg);border-color:var(--pass)}
        .verdict.fail{background:var(--fail-bg);border-color:var(--fail)}
        .verdict.unknown{background:var(--unknown-bg);border-color:var(--unknown)}
        .verdict strong{font-size:21px;letter-spacing:-.01em;font-weight:680}
        .verdict p{margin:4px 0 0;color:var(--soft)}
        .verdict ul{margin:10px 0 0;padding-left:20px}
        .verdict li{margin:3px 0;max-width:90ch}
        .pass>strong,.badge.pass{color:var(--pass)}
        .fail>strong,.badge.fail{color:var(--fail)}
        .unknown>strong,.badge.unknown{color:var(--unknown)}
        .badge{font-size:12.5px;font-weight:640;white-space:nowrap}
        .bad{color:var(--fail);font-weight:640}
        .facts{display:flex;flex-wrap:wrap;gap:1px;background:var(--line);
        border:1px solid var(--line);border-radius:12px;overflow:hidden;margin:16px 0 0}
        .facts div{flex:1 1 150px;background:var(--paper);padding:14px 18px}
        .facts dt{font-size:12.5px;color:var(--faint)}
        .facts dd{margin:1px 0 0;font-size:22px;font-weight:620;letter-spacing:-.015em}
        .facts dd small{font-size:13px;font-weight:400;color:var(--faint);letter-spacing:0;display:block}
        .card{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:20px 22px;min-width:0}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:18px}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,276px),1fr));gap:18px}
        .scroll{overflow-x:auto;border:1px solid var(--line);border-radius:12px;background:
        linear-gradient(to right,var(--paper) 45%,transparent) left/64px 100% no-repeat local,
        linear-gradient(to left,var(--paper) 45%,transparent) right/64px 100% no-repeat local,
        linear-gradient(to right,var(--edge),transparent) left/22px 100% no-repeat scroll,
        linear-gradient(to left,var(--edge),transparent) right/22px 100% no-repeat scroll,var(--paper)}
        .pair{display:grid;grid-template-columns:minmax(250px,1fr) minmax(0,2fr);gap:18px 28px}
        table{border-collapse:collapse;width:100%;font-size:14px}
        caption{text-align:left;padding:12px 16px 0;color:var(--faint);font-size:13px}
        th,td{padding:9px 13px;text-align:right;white-space:nowrap;vertical-align:top;border-bottom:1px solid var(--line)}
        tbody tr:last-child>td,tbody tr:last-child>th{border-bottom:0}
        thead th{white-space:normal;font-size:12.5px;font-weight:560;color:var(--faint);vertical-align:bottom}
        tbody th{font-weight:600;background:var(--paper);position:sticky;left:0;z-index:1}
        th:first-child,.left{text-align:left}
        td.wide{white-space:normal;overflow-wrap:anywhere;min-width:16ch}
        td small{display:block;color:var(--faint);font-size:12px}
        td small.bad{color:var(--fail)}
        tbody th.wrap{white-space:normal;min-width:22ch;overflow-wrap:anywhere}
        .short{display:inline-block;max-width:22ch;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;
        vertical-align:bottom}
        .ranking .short,.bars .short{max-width:12ch;display:block}.bars .short{max-width:20ch}
        .better .best,.meta,.note,.legend{overflow-wrap:anywhere}
        .sub{display:block}
        .named{white-space:nowrap}
        .body th,.body td{padding:6px 7px}.body th:first-child{padding-left:0}
        .key{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:8px;background:currentColor}
        .legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 0 0;padding:0;list-style:none;font-size:13px;
        color:var(--soft)}
        .legend.events{display:block}
        .shade{display:inline-block;width:22px;height:11px;border-radius:2px;margin-right:8px}
        .shade.outage{background:color-mix(in srgb,var(--fail) 24%,transparent)}
        .shade.reduced{background:color-mix(in srgb,var(--unknown) 16%,transparent)}
        nav ul{display:flex;flex-wrap:wrap;gap:2px 4px;list-style:none;margin:18px -9px 0;padding:0;font-size:14px}
        nav a{display:block;padding:4px 9px;border-radius:7px;color:var(--soft);text-decoration:none}
        nav a:hover,nav a:focus-visible{background:var(--tint);color:var(--ink)}
        figure{margin:0}
        figcaption{margin-top:12px}
        .chart{display:block;width:100%;height:auto;overflow:visible}
        .chart.narrow,.chart.large{display:none}
        .chart text{fill:var(--faint)}
        .chart .axis{fill:var(--faint)}
        .chart .grid path{stroke:var(--grid);fill:none}
        .chart .grid .base,.chart .grid .tick{stroke:var(--faint);stroke-opacity:.55}
        .chart .line{fill:none;stroke:currentColor;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}
        .chart .line.dashed{stroke-dasharray:2 5}
        .chart .band{fill:currentColor;stroke:none}
        .chart .band.spread{fill-opacity:.09;stroke:currentColor;stroke-opacity:.4;stroke-width:.8}
        .chart .band.confidence{fill-opacity:.26}
        .chart .span.outage{fill:var(--fail);fill-opacity:.2}
        .chart .span.reduced{fill:var(--unknown);fill-opacity:.11}
        .chart .dot{fill:currentColor;fill-opacity:.42}
        .chart text.label{fill:currentColor;font-weight:620}
        .chart .marker path{stroke:var(--fail);stroke-dasharray:3 3;fill:none}
        .chart .marker text{fill:var(--fail)}
        .chart .marker.good path{stroke:var(--pass)}.chart .marker.good text{fill:var(--pass)}
        .chart .cross{stroke:currentColor;stroke-width:2.2;stroke-linecap:round;fill:none}
        .s1{color:var(--s1)}.s2{color:var(--s2)}.s3{color:var(--s3)}.s4{color:var(--s4)}
        .s5{color:var(--s5)}.s6{color:var(--s6)}.s7{color:var(--s7)}.s8{color:var(--s8)}
        .bars{display:grid;grid-template-columns:max-content minmax(60px,1fr) max-content;gap:7px 12px;align-items:center;
        font-size:13.5px;margin:0}
        .bars .name{color:var(--soft)}
        .bars .value{text-align:right;white-space:nowrap}
        .track{position:relative;height:13px;background:var(--tint);border-radius:4px}
        .fill{position:absolute;inset:0 auto 0 0;background:currentColor;border-radius:4px;min-width:1px}
        .loss0{color:var(--fail)}.loss1{color:var(--s5)}.loss2{color:var(--s4)}.loss3{color:var(--s6)}.loss4{color:var(--s8)}
        .losses{margin-bottom:14px}.owed{background:color-mix(in srgb,var(--pass) 22%,var(--paper))}.owed .fill{border-radius:0}
        .cards>:only-child{grid-column:1/-1;max-width:600px}
        .target{position:absolute;top:-3px;bottom:-3px;width:2px;background:var(--ink)}
        .strip{position:relative;height:12px;min-width:60px}
        .strip::before{content:"";position:absolute;left:0;right:0;top:5.5px;height:1px;background:var(--line)}
        .strip .range{position:absolute;top:4px;height:4px;background:currentColor;opacity:.45;border-radius:2px;min-width:2px}
        .strip .median{position:absolute;top:1px;width:10px;height:10px;margin-left:-5px;border-radius:50%;
        background:currentColor;border:2px solid var(--paper)}
        h3.size{font-size:15px;font-weight:600;margin:22px 0 10px}
        .better{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,292px),1fr));gap:14px}
        .better .card{padding:15px 18px 14px}
        .better h3{font-size:13px;font-weight:560;color:var(--faint);margin:0}
        .better .best{font-size:18px;font-weight:640;letter-spacing:-.01em;margin:0 0 7px;line-height:1.35}
        .better .best.none{font-weight:400;color:var(--soft)}
        .ranking{display:grid;grid-template-columns:max-content 1fr max-content;gap:1px 10px;align-items:center;font-size:13px}
        .ranking .value{text-align:right}
        .win{font-weight:640}
        .bars.many{max-height:400px;overflow-y:auto}
        .card h3+.bars+h3{margin-top:16px}
        .cards.wide{grid-template-columns:repeat(auto-fill,minmax(min(100%,360px),1fr))}
        .single .card{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:8px 36px}
        .single h3{grid-column:1/-1;margin:0}
        .drawing{display:block;width:100%;height:auto;max-height:340px;object-fit:contain}
        details{background:var(--paper);border:1px solid var(--line);border-radius:12px;margin:0 0 12px}
        summary{cursor:pointer;padding:13px 20px;font-weight:600}
        summary .badge{margin-left:10px}
        summary .note{margin-left:10px;font-weight:400}
        details[open] summary{border-bottom:1px solid var(--line)}
        details .scroll{border:0;border-radius:0}
        details.plain{border:0;border-radius:0;margin:12px 0 0;background:none}
        details.plain summary{padding:2px 0;font-weight:400;font-size:13.5px;color:var(--soft)}
        details.plain[open] summary{border:0;margin-bottom:8px}
        details.plain .scroll{border:1px solid var(--line);border-radius:8px}
        .low{max-height:320px;overflow-y:auto}
        .low table{font-size:13px}
        .low th,.low td{padding:5px 10px}
        .body{padding:18px 22px}
        .pairs{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;margin:0;font-size:14px}
        .pairs dt{color:var(--faint)}
        .pairs dd{margin:0;overflow-wrap:anywhere}
        .courses{margin:18px 0 0}.courses figure{margin:0}
        .facts+.scroll,.courses+.scroll,.legend+.scroll{margin-top:18px}
        .course{display:flex;height:20px;border-radius:6px;overflow:hidden;background:var(--tint)}
        .course span{background:currentColor;min-width:3px;border-right:1px solid var(--paper)}
        .course span:last-child{border-right:0}
        .steps{list-style:none;margin:12px 0 0;padding:0;font-size:14px}
        .steps li{display:grid;grid-template-columns:11px 10.5ch 1fr max-content;gap:0 12px;align-items:baseline;padding:3px 0}
        .steps .key{margin:0}.steps b{font-weight:620;text-align:right;white-space:nowrap}
        .key.dead{color:var(--faint)}
        :focus-visible{outline:2px solid var(--s1);outline-offset:2px}
        @media (max-width:900px){.pair{grid-template-columns:1fr}}
        @media (max-width:640px){
        tbody th{position:static}
        .scroll{scrollbar-width:thin;container-type:scroll-state}
        main{padding:24px 16px 48px}
        h1{font-size:24px}h2{margin-top:40px}
        .card{padding:16px 14px}
        .verdict{padding:16px 18px}
        .facts div{flex-basis:40%;padding:11px 14px}.facts dd{font-size:18px}
        .chart.wide{display:none}.chart.narrow{display:block}
        th,td{padding:8px 10px}
        .pairs{grid-template-columns:1fr;gap:0}.pairs dd{margin-bottom:8px}}
        @container scroll-state(scrollable:right){.scroll::before{content:"swipe for all columns →";position:sticky;left:0;
        display:block;width:max-content;padding:7px 12px 0;font-size:12px;color:var(--faint)}.scroll.low::before{content:none}}
        @media (min-width:1080px){.chart.has-large{display:none}.chart.large{display:block}}
        @media print{
        :root{color-scheme:light;
        --bg:#fff;--paper:#fff;--ink:#000;--soft:#333;--faint:#555;--line:#bbb;--grid:#ddd;--tint:#eee;--edge:transparent;
        --pass:#17704a;--pass-bg:#fff;--fail:#b02a1f;--fail-bg:#fff;--unknown:#855500;--unknown-bg:#fff;
        --s1:#0067a8;--s2:#b84a00;--s3:#007a58;--s4:#a5478a;--s5:#836400;--s6:#4a4ab8;--s7:#9c2f4f;--s8:#5b6470}
        @page{margin:14mm}
        *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        body{font-size:11px}main{max-width:none;padding:0}nav{display:none}
        h1{font-size:20px}h2{font-size:15px;margin-top:24px;break-after:avoid}h3,.lede,summary{break-after:avoid}
        .card,.verdict,.facts,tr,pre,figure{break-inside:avoid}
        .charts,.cards,.better{display:block}.charts>*,.cards>*,.better>*{margin-bottom:10px}
        .scroll,.low,.bars.many{overflow:visible;max-height:none;background:none}.scroll::before{content:none}
        tbody th{position:static}th,td{padding:3px 5px;white-space:normal}
        table,.low table,thead th,td small,td code,td .badge{font-size:9.5px}
        details:not([open])::details-content{content-visibility:visible;block-size:auto}
        .drawing{max-height:70mm}}
        """
}
