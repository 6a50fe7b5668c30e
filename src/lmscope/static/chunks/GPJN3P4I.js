import"./MVFQIZ4H.js";import{a as I}from"./LSAQRB73.js";import"./NN52CLUY.js";import"./BVDZSTZK.js";import{b as x}from"./IGPV4GCE.js";import{c}from"./CS66JUC2.js";import{e as E,f as k,k as S}from"./LMEHCCPS.js";import{a as o,b as g,c as r,f as l,h as b,i as y,j as v,k as d,l as $,n as T,o as M}from"./FALRISK7.js";var f=100,O=[["md","Markdown"],["jsonl","JSON lines"],["csv","CSV"]],j=new Intl.DateTimeFormat("en-GB",{dateStyle:"medium",timeStyle:"short"}),h=({model:p,weights:u,site:t,layer:e,index:s})=>[p,u,t,e,s].join(" ");function q(p,u){return Object.create(p,{mark:{value:async e=>{let s=await p.mark(e);return u(s),s}}})}var w=(p,u)=>`${c(p)} ${u}${p===1?"":"s"}`,i=class extends b{constructor(){super(...arguments);this.entries=null;this.sought="";this.isOnlyStarred=!1;this.tag="";this.nShown=f;this.open=new Map;this.said="";this.trouble="";this.tests=[];this.telling=null;this.press=t=>{t.key!=="/"||x(t)||!this.search||(t.preventDefault(),this.search.focus(),this.search.select())}}connectedCallback(){super.connectedCallback(),window.addEventListener("keydown",this.press)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("keydown",this.press)}willUpdate(t){if(!t.has("address"))return;let{journal:e}=this.source;this.telling=e&&q(e,s=>this.take(s)),this.read()}async read(){let{journal:t}=this.source;if(!t)return;let{person:e}=t;await this.trying(async()=>{let s=await this.source.evidence.tests();e===t.person&&(this.tests=s)}),await this.trying(async()=>{let{entries:s}=await t.log();if(e!==t.person)return;let a=new Map(this.entries?.map(n=>[h(n),n]));this.entries=s.map(n=>(a.get(h(n))?.version??0)>n.version?a.get(h(n)):n)})}async trying(t){this.trouble="";try{await t()}catch(e){if(!(e instanceof Error))throw e;this.trouble=e.message}}take(t){this.entries=this.entries?.map(e=>h(e)===h(t)&&e.version<t.version?t:e)??null}async star(t){let e=!t.starred;await this.trying(async()=>{try{await this.telling.mark({...t,starred:e})}catch(s){if(!(s instanceof S&&s.status===409&&s.facts.entry))throw s;await this.telling.mark({...s.facts.entry,starred:e})}})}edit(t,e){let s=new Map(this.open);e?s.set(h(t),t):s.delete(h(t)),this.open=s,e||this.read()}rename(t){t.preventDefault();let{journal:e}=this.source,s=String(new FormData(t.target).get("person")).trim();!e||!s||s===e.person||(e.person=s,this.entries=null,this.open=new Map,this.tag=this.sought="",this.said=`This is the log of ${s} now.`,this.read())}async bringIn(t){if(!t.trim()){this.said="There is nothing to import: choose a file, or paste its lines.";return}this.said="Importing…",await this.trying(async()=>{let{n_added:e,n_merged:s}=await this.source.journal.importLines(t),a=s===1?"was":"were",n=s?` ${w(s,"neuron")} ${a} here already; nothing of ${s===1?"it":"them"} is lost.`:"";this.said=`${w(e,"neuron")} came in.${n}`,this.pasted.value="",await this.read()}),this.trouble&&(this.said="")}async choseFile(t){let e=t.target,s=e.files?.[0];s&&await this.bringIn(await s.text()),e.value=""}get found(){let t=this.sought.trim().toLowerCase();return(this.entries??[]).filter(e=>(!this.isOnlyStarred||e.starred)&&(!this.tag||e.tags.includes(this.tag))&&[`L${e.layer}N${e.index}`,e.catalogue??"",e.model,e.note,...e.tags].some(s=>s.toLowerCase().includes(t)))}render(){let{journal:t}=this.source,{entries:e}=this;if(!t)return r`<h1>Log</h1>
        <p class="alert">${this.shelf.why_no_journal}</p>`;let s=e?.filter(a=>a.starred).length??0;return r`
      <h1>Log</h1>
      ${this.trouble?r`<div class="alert" role="alert">${this.trouble}</div>`:l}
      <form class="row" @submit=${this.rename}>
        <label>You are <input name="person" type="text" required maxlength="100" autocomplete="nickname" .value=${t.person} /></label>
        <button>Change</button>
        <span class="quiet">Each name has a log of its own.</span>
      </form>
      <p class="sum">${e?`Seen ${w(e.length,"neuron")}, ${c(s)} starred.`:"Reading…"}</p>
      ${e?.length?this.renderList(e):l}
      ${e&&!e.length?r`<p class="quiet">Every neuron whose page you open is noted here, with what you write about it.</p>`:l}
      ${this.renderTests()} ${this.renderExchange(t)}
      <p role="status">${this.said}</p>
    `}renderList(t){let{found:e}=this,s=[...new Set(t.flatMap(a=>a.tags))].sort((a,n)=>a.localeCompare(n));return r`
      <div class="row" role="search" aria-label="Log">
        <label
          >Search
          <input
            id="search" type="search" .value=${this.sought} placeholder="in notes, tags, names"
            @input=${a=>this.sought=a.target.value}
        /></label>
        <label
          ><input
            type="checkbox" .checked=${this.isOnlyStarred}
            @change=${a=>this.isOnlyStarred=a.target.checked}
          />
          starred only</label
        >
        ${s.length?r`<label
              >Tag
              <select @change=${a=>this.tag=a.target.value}>
                <option value="" ?selected=${!this.tag}>all</option>
                ${s.map(a=>r`<option value=${a} ?selected=${a===this.tag}>${a}</option>`)}
              </select></label
            >`:l}
        <span class="quiet" role="status">
          ${e.length<t.length?`${c(e.length)} of ${c(t.length)}`:l}
        </span>
      </div>
      <ol>
        ${I(e.slice(0,this.nShown),h,a=>this.renderEntry(a))}
      </ol>
      ${e.length>this.nShown?r`<button @click=${()=>this.nShown+=f}>Show ${c(Math.min(f,e.length-this.nShown))} more</button>`:l}
    `}renderEntry(t){let{catalogue:e,layer:s,index:a}=t,n=`L${s}N${a}`,m=this.open.get(h(t));return r`<li>
      <div class="line">
        <button
          class="plain star" aria-pressed=${t.starred} aria-label="Star ${n}" ?disabled=${e===null}
          @click=${()=>this.star(t)}
        >
          <span aria-hidden="true">${t.starred?"★":"☆"}</span>
        </button>
        <span class="name">
          ${e===null?n:r`<a href=${E({catalogue:e,layer:s,neuron:a})}>${n}</a>`}
          <span class="quiet">${e??r`${t.model}, site ${t.site}: not on this site`}</span>
        </span>
        <span class="quiet when">
          <time datetime=${t.last_seen}>${j.format(new Date(t.last_seen))}</time>${t.n_visits>1?`, seen ${c(t.n_visits)} times`:l}
        </span>
        ${e===null?l:r`<button
              class="plain" aria-expanded=${m!==void 0} aria-label="${m?"Close":"Edit"} the note on ${n}"
              @click=${()=>this.edit(t,!m)}
            >
              ${m?"close":"edit"}
            </button>`}
      </div>
      ${m?r`<lms-notes .journal=${this.telling} .entry=${m}></lms-notes>`:r`${t.note?r`<p class="note" dir="auto">${t.note}</p>`:l}
          ${t.tags.length?r`<p class="tags">${t.tags.map(C=>r`<bdi class="badge">${C}</bdi> `)}</p>`:l}`}
    </li>`}renderTests(){let{tests:t}=this;return t.length?r`<h2>Tests</h2>
      <p class="quiet">All that were made, whatever came out, newest first.</p>
      <div class="wide tests" role="region" tabindex="0" aria-label="Tests">
        <table>
          <thead>
            <tr><th scope="col">tested</th><th scope="col">neuron</th><th scope="col">verdict</th><th scope="col">claim</th><th scope="col">rule</th></tr>
          </thead>
          <tbody>
            ${t.map(e=>r`<tr>
                <td class="date"><time datetime=${e.tested}>${j.format(new Date(e.tested))}</time></td>
                <td>${e.model} L${e.layer}N${e.index}</td>
                <td><a href=${k(e.id)} aria-label="${e.verdict}: test ${e.id}">${e.verdict}</a></td>
                <td><bdi>${e.claim}</bdi></td>
                <td><code>${e.rule}</code></td>
              </tr>`)}
          </tbody>
        </table>
      </div>`:l}renderExchange(t){return r`
      <h2>Take it along</h2>
      <p class="row">
        Export as
        ${O.map(([e,s])=>r`<a href=${t.exportUrl(e)} download>${s}</a>`)}
      </p>
      <details>
        <summary>Import</summary>
        <p class="quiet">The JSON lines of an export, of this log or of another.</p>
        <p><label>File <input type="file" accept=".jsonl,.json,.ndjson,.txt" @change=${this.choseFile} /></label></p>
        <p>
          <label>Or its lines <textarea id="pasted" rows="3" spellcheck="false"></textarea></label>
        </p>
        <button @click=${()=>this.bringIn(this.pasted.value)}>Import the lines</button>
      </details>
    `}};i.styles=[T,M,g`
      .sum {
        font-size: 1.1rem;
      }
      ol {
        margin: 1rem 0;
        padding: 0;
        list-style: none;
      }
      li {
        padding: 0.5rem 0;
        border-top: 1px solid var(--line);
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.2rem 0.8rem;
      }
      .name {
        flex: 1 1 12rem;
      }
      .name a {
        font-weight: 600;
      }
      button.star {
        font-size: 1.1rem;
        text-decoration: none;
      }
      button.star[aria-pressed="true"] {
        background: none;
        color: var(--negative-mark);
      }
      .tests {
        max-height: 24rem;
        overflow-y: auto;
      }
      .date {
        white-space: nowrap;
      }
      .tests :is(bdi, code) {
        overflow-wrap: anywhere;
      }
      .note {
        margin: 0.2rem 0 0.2rem 1.8rem;
        white-space: pre-wrap;
      }
      .tags {
        margin: 0.2rem 0 0.2rem 1.8rem;
      }
      lms-notes {
        margin-left: 1.8rem;
      }
    `],o([v({attribute:!1})],i.prototype,"source",2),o([v({attribute:!1})],i.prototype,"shelf",2),o([v({attribute:!1})],i.prototype,"address",2),o([d()],i.prototype,"entries",2),o([d()],i.prototype,"sought",2),o([d()],i.prototype,"isOnlyStarred",2),o([d()],i.prototype,"tag",2),o([d()],i.prototype,"nShown",2),o([d()],i.prototype,"open",2),o([d()],i.prototype,"said",2),o([d()],i.prototype,"trouble",2),o([d()],i.prototype,"tests",2),o([$("#search")],i.prototype,"search",2),o([$("#pasted")],i.prototype,"pasted",2),i=o([y("lms-log-page")],i);export{i as LogPage};
