import{a,b as r,c as l,h as n,i as c,j as i,k as d,n as m,o as p}from"./2YP3OCLO.js";var h=2e3;async function b(s){try{return await navigator.clipboard.writeText(s),!0}catch{let t=document.createElement("textarea");t.value=s,t.setAttribute("readonly",""),t.style.setProperty("position","fixed"),t.style.setProperty("opacity","0");let o=document.activeElement;document.body.append(t),t.select();let u=document.execCommand("copy");return t.remove(),o instanceof HTMLElement&&o.focus(),u}}var e=class extends n{constructor(){super(...arguments);this.value="";this.label="copy";this.what="";this.said=""}async copy(){this.said=await b(this.value)?"copied":"not allowed here",setTimeout(()=>this.said="",h)}render(){return l`<button class="plain" aria-label=${this.what||this.label} @click=${this.copy}>
        ${this.said||this.label}</button
      ><span class="visually-hidden" aria-live="polite">${this.said}</span>`}};e.styles=[m,p,r`
      :host {
        display: inline-block;
        font: inherit;
      }
    `],a([i()],e.prototype,"value",2),a([i()],e.prototype,"label",2),a([i()],e.prototype,"what",2),a([d()],e.prototype,"said",2),e=a([c("lms-copy")],e);
