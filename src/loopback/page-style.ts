/**
 * The one style of every page: light and dark, forced colours, any width, print, either direction of writing.
 * It decides how a page looks; it loads nothing, and needs no script.
 */

import { createHash } from 'node:crypto';

/** Text on its ground has a contrast of 7:1 or more in both schemes (WCAG 2.2, 1.4.6); lengths follow the reader's own font size. */
export const STYLE = `:root{color-scheme:light dark;--paper:#f3efe7;--card:#fffdf9;--ink:#1d1a15;--soft:#544d41;--line:#ded6c7;--good:#0b5a43;--warn:#6f4000;--bad:#8c1d18;--wash:#f6f1e6;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;--serif:ui-serif,"Iowan Old Style",Charter,"Palatino Linotype",Georgia,"Noto Serif",serif;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{--paper:#141310;--card:#1e1c18;--ink:#f2ede3;--soft:#c2b9a8;--line:#3a362e;--good:#7fd6b2;--warn:#f0bd6b;--bad:#ffaaa0;--wash:#282520}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100svh;display:flex;flex-direction:column;align-items:center;padding:clamp(1rem,4vw,4rem) clamp(.75rem,4vw,2rem);background:var(--paper);color:var(--ink);font:1rem/1.6 var(--sans)}
body::before,body::after{content:"";flex:1}
main,footer{width:100%;max-width:42rem;overflow-wrap:anywhere}
main{background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:clamp(1.25rem,5vw,2.75rem)}
.good{--mood:var(--good)}.warn,.doubt{--mood:var(--warn)}.bad{--mood:var(--bad)}.calm{--mood:var(--soft)}
svg{fill:none;stroke:currentColor;stroke-linecap:round;stroke-linejoin:round}
main>svg{display:block;width:3.5rem;height:3.5rem;margin-block-end:1.25rem;margin-inline-start:-.25rem;color:var(--mood);stroke-width:2}
.dotted{stroke-dasharray:.01 .99}.dot{stroke-width:3}
h1,h2,p,dl,dd,ol,ul{margin:0;padding:0}
h1{font:600 clamp(1.75rem,1.3rem + 2.2vw,2.375rem)/1.2 var(--serif);letter-spacing:-.01em;text-wrap:balance}
h2{font:600 1rem/1.4 var(--sans);margin-block-end:.375rem}
p,dd,li{text-wrap:pretty}
.lede{margin-block-start:.75rem;font-size:1.125rem;color:var(--soft)}
section,dl,.close{margin-block-start:1.75rem}
li+li,li ul{margin-block-start:.5rem}
ol,ul{padding-inline-start:1.375rem}
.next{padding:1rem 1.25rem;background:var(--wash);border:1px solid var(--line);border-inline-start:.25rem solid var(--mood);border-radius:.5rem}
dl div{position:relative;display:grid;grid-template-columns:9rem minmax(0,1fr);column-gap:1rem;padding-block:.5rem}
dl .done+div::before,dl .left+div::before{content:"";position:absolute;inset-block:-.5rem auto;inset-inline-start:.5rem;height:1.25rem;border-inline-start:2px solid var(--line)}
.done::after,.left::after{content:"";position:absolute;inset-block:2rem 0;inset-inline-start:.5rem;border-inline-start:2px solid var(--line)}
dl div:last-child::after{display:none}
dt{color:var(--soft);display:flex;gap:.75rem;align-items:flex-start}
dt svg{position:relative;z-index:1;flex:none;width:1.125rem;height:1.125rem;margin-block-start:.25rem;border-radius:50%;background:var(--good);color:var(--card);stroke-width:3.5;padding:.1875rem}
.left svg{background:var(--card);color:var(--warn);box-shadow:inset 0 0 0 2px}
dd small{display:block;font-size:.875rem;color:var(--soft)}
code{font:.9375em/1.5 var(--mono)}code span{display:inline-block;max-width:100%}
.next code,section code{display:inline-block;max-width:100%;padding-inline:.375em;background:var(--card);border:1px solid var(--line);border-radius:.25rem;-webkit-user-select:all;user-select:all}
footer{margin-block-start:1rem;padding-inline:.5rem;display:flex;gap:.5rem;align-items:flex-start;font-size:.875rem;color:var(--soft)}
footer svg{flex:none;width:1.25rem;height:1.25rem;margin-block-start:.0625rem;stroke-width:2}
@media (max-width:34rem){dl div{grid-template-columns:minmax(0,1fr);row-gap:.125rem}.done dd,.left dd{padding-inline-start:1.875rem}.next{padding-inline:.875rem}code{font-size:.875em}}
@media (prefers-reduced-motion:no-preference){.ring,.sign{stroke-dasharray:1;animation:draw .6s ease-out both}.sign{animation:draw .3s .45s ease-out both}@keyframes draw{from{stroke-dashoffset:1;stroke-opacity:0}1%{stroke-opacity:1}}}
@media (prefers-contrast:more){:root{--line:currentColor;--soft:var(--ink)}}
@media (forced-colors:active){main,.next{border-color:CanvasText}main>svg{color:CanvasText}dt svg,.left svg{background:Canvas;color:CanvasText;box-shadow:inset 0 0 0 2px}}
@media print{@page{margin:2cm}:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#333;--line:#bbb;--good:#0b5a43;--warn:#6f4000;--bad:#8c1d18;--wash:#fff}body{display:block;padding:0;font-size:11pt}main,footer{max-width:none}main{border:0;padding:0}main>svg{margin-inline-start:0}dt svg{background:none;color:var(--good);box-shadow:inset 0 0 0 2px}li li,dl div{break-inside:avoid}h2{break-after:avoid}.ring,.sign{animation:none}}
`;

/** The only style that the policy lets apply (CSP `style-src`). */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
