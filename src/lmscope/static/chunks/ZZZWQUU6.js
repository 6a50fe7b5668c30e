import{a}from"./OKW6DA77.js";import{a as o,b as i,c as n,f as s,h as l,i as m,j as p,n as c,o as d}from"./2YP3OCLO.js";var e=class extends l{constructor(){super(...arguments);this.scale={min:0,max:0}}render(){let{min:r,max:t}=this.scale,g=r<0?`orange from ${a(r)}, `:"",b=t>0?`, blue to ${a(t)}`:"";return n`<div class="legend" role="img" aria-label=${`Scale: ${g}0 no colour${b}`}>
      ${r<0?n`<span>${a(r)}</span><span class="bar negative"></span>`:s}
      <span>0</span>
      ${t>0?n`<span class="bar positive"></span><span>${a(t)}</span>`:s}
    </div>`}};e.styles=[c,d,i`
      :host {
        display: inline-block;
        font: inherit;
      }
      .legend {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        font-variant-numeric: tabular-nums;
      }
      .bar {
        width: 5rem;
        height: 0.9rem;
        border: 1px solid var(--line);
        background: linear-gradient(to right, var(--page), var(--positive));
        forced-color-adjust: none;
      }
      .bar.negative {
        background: linear-gradient(to left, var(--page), var(--negative));
      }
    `],o([p({attribute:!1})],e.prototype,"scale",2),e=o([m("lms-legend")],e);
