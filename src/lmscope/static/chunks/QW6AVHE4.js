import{f as T}from"./DQIREVFS.js";import"./N5ID2PTC.js";import"./BPDRC6KD.js";import{c as d}from"./6SWVKY2T.js";import{e as E,i as k}from"./LMWNW5NJ.js";import{b as S}from"./WXVFMCPU.js";import{a as o,b as w,c as a,f as l,h as b,i as y,j as v,k as p,l as $,n as x,o as M}from"./QR6IBEXU.js";var f=100,j=[["md","Markdown"],["jsonl","JSON lines"],["csv","CSV"]],C=new Intl.DateTimeFormat("en-GB",{dateStyle:"medium",timeStyle:"short"}),h=({model:c,weights:u,site:e,layer:t,index:s})=>[c,u,e,t,s].join(" ");function O(c,u){return Object.create(c,{mark:{value:async t=>{let s=await c.mark(t);return u(s),s}}})}var g=(c,u)=>`${d(c)} ${u}${c===1?"":"s"}`,n=class extends b{constructor(){super(...arguments);this.entries=null;this.sought="";this.isOnlyStarred=!1;this.tag="";this.nShown=f;this.open=new Map;this.said="";this.trouble="";this.telling=null;this.press=e=>{e.key!=="/"||S(e)||!this.search||(e.preventDefault(),this.search.focus(),this.search.select())}}connectedCallback(){super.connectedCallback(),window.addEventListener("keydown",this.press)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("keydown",this.press)}willUpdate(e){if(!e.has("address"))return;let{journal:t}=this.source;this.telling=t&&O(t,s=>this.take(s)),this.read()}async read(){let{journal:e}=this.source;if(!e)return;let{person:t}=e;await this.trying(async()=>{let{entries:s}=await e.log();if(t!==e.person)return;let r=new Map(this.entries?.map(i=>[h(i),i]));this.entries=s.map(i=>(r.get(h(i))?.version??0)>i.version?r.get(h(i)):i)})}async trying(e){this.trouble="";try{await e()}catch(t){if(!(t instanceof Error))throw t;this.trouble=t.message}}take(e){this.entries=this.entries?.map(t=>h(t)===h(e)&&t.version<e.version?e:t)??null}async star(e){let t=!e.starred;await this.trying(async()=>{try{await this.telling.mark({...e,starred:t})}catch(s){if(!(s instanceof k&&s.status===409&&s.facts.entry))throw s;await this.telling.mark({...s.facts.entry,starred:t})}})}edit(e,t){let s=new Map(this.open);t?s.set(h(e),e):s.delete(h(e)),this.open=s,t||this.read()}rename(e){e.preventDefault();let{journal:t}=this.source,s=String(new FormData(e.target).get("person")).trim();!t||!s||s===t.person||(t.person=s,this.entries=null,this.open=new Map,this.tag=this.sought="",this.said=`This is the log of ${s} now.`,this.read())}async bringIn(e){if(!e.trim()){this.said="There is nothing to import: choose a file, or paste its lines.";return}this.said="Importing…",await this.trying(async()=>{let{n_added:t,n_merged:s}=await this.source.journal.importLines(e),r=s===1?"was":"were",i=s?` ${g(s,"neuron")} ${r} here already; nothing of ${s===1?"it":"them"} is lost.`:"";this.said=`${g(t,"neuron")} came in.${i}`,this.pasted.value="",await this.read()}),this.trouble&&(this.said="")}async choseFile(e){let t=e.target,s=t.files?.[0];s&&await this.bringIn(await s.text()),t.value=""}get found(){let e=this.sought.trim().toLowerCase();return(this.entries??[]).filter(t=>(!this.isOnlyStarred||t.starred)&&(!this.tag||t.tags.includes(this.tag))&&[`L${t.layer}N${t.index}`,t.catalogue??"",t.model,t.note,...t.tags].some(s=>s.toLowerCase().includes(e)))}render(){let{journal:e}=this.source,{entries:t}=this;if(!e)return a`<h1>Log</h1>
        <p class="alert">${this.shelf.why_no_journal}</p>`;let s=t?.filter(r=>r.starred).length??0;return a`
      <h1>Log</h1>
      ${this.trouble?a`<div class="alert" role="alert">${this.trouble}</div>`:l}
      <form class="row" @submit=${this.rename}>
        <label>You are <input name="person" type="text" required maxlength="100" autocomplete="nickname" .value=${e.person} /></label>
        <button>Change</button>
        <span class="quiet">Each name has a log of its own.</span>
      </form>
      <p class="sum">${t?`Seen ${g(t.length,"neuron")}, ${d(s)} starred.`:"Reading…"}</p>
      ${t?.length?this.renderList(t):l}
      ${t&&!t.length?a`<p class="quiet">Every neuron whose page you open is noted here, with what you write about it.</p>`:l}
      ${this.renderExchange(e)}
      <p role="status">${this.said}</p>
    `}renderList(e){let{found:t}=this,s=[...new Set(e.flatMap(r=>r.tags))].sort((r,i)=>r.localeCompare(i));return a`
      <div class="row" role="search" aria-label="Log">
        <label
          >Search
          <input
            id="search" type="search" .value=${this.sought} placeholder="in notes, tags, names"
            @input=${r=>this.sought=r.target.value}
        /></label>
        <label
          ><input
            type="checkbox" .checked=${this.isOnlyStarred}
            @change=${r=>this.isOnlyStarred=r.target.checked}
          />
          starred only</label
        >
        ${s.length?a`<label
              >Tag
              <select @change=${r=>this.tag=r.target.value}>
                <option value="" ?selected=${!this.tag}>all</option>
                ${s.map(r=>a`<option value=${r} ?selected=${r===this.tag}>${r}</option>`)}
              </select></label
            >`:l}
        <span class="quiet" role="status">
          ${t.length<e.length?`${d(t.length)} of ${d(e.length)}`:l}
        </span>
      </div>
      <ol>
        ${T(t.slice(0,this.nShown),h,r=>this.renderEntry(r))}
      </ol>
      ${t.length>this.nShown?a`<button @click=${()=>this.nShown+=f}>Show ${d(Math.min(f,t.length-this.nShown))} more</button>`:l}
    `}renderEntry(e){let{catalogue:t,layer:s,index:r}=e,i=`L${s}N${r}`,m=this.open.get(h(e));return a`<li>
      <div class="line">
        <button
          class="plain star" aria-pressed=${e.starred} aria-label="Star ${i}" ?disabled=${t===null}
          @click=${()=>this.star(e)}
        >
          <span aria-hidden="true">${e.starred?"★":"☆"}</span>
        </button>
        <span class="name">
          ${t===null?i:a`<a href=${E({catalogue:t,layer:s,neuron:r})}>${i}</a>`}
          <span class="quiet">${t??a`${e.model}, site ${e.site}: not on this site`}</span>
        </span>
        <span class="quiet when">
          <time datetime=${e.last_seen}>${C.format(new Date(e.last_seen))}</time>${e.n_visits>1?`, seen ${d(e.n_visits)} times`:l}
        </span>
        ${t===null?l:a`<button
              class="plain" aria-expanded=${m!==void 0} aria-label="${m?"Close":"Edit"} the note on ${i}"
              @click=${()=>this.edit(e,!m)}
            >
              ${m?"close":"edit"}
            </button>`}
      </div>
      ${m?a`<lms-notes .journal=${this.telling} .entry=${m}></lms-notes>`:a`${e.note?a`<p class="note" dir="auto">${e.note}</p>`:l}
          ${e.tags.length?a`<p class="tags">${e.tags.map(I=>a`<bdi class="badge">${I}</bdi> `)}</p>`:l}`}
    </li>`}renderExchange(e){return a`
      <h2>Take it along</h2>
      <p class="row">
        Export as
        ${j.map(([t,s])=>a`<a href=${e.exportUrl(t)} download>${s}</a>`)}
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
    `}};n.styles=[x,M,w`
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
    `],o([v({attribute:!1})],n.prototype,"source",2),o([v({attribute:!1})],n.prototype,"shelf",2),o([v({attribute:!1})],n.prototype,"address",2),o([p()],n.prototype,"entries",2),o([p()],n.prototype,"sought",2),o([p()],n.prototype,"isOnlyStarred",2),o([p()],n.prototype,"tag",2),o([p()],n.prototype,"nShown",2),o([p()],n.prototype,"open",2),o([p()],n.prototype,"said",2),o([p()],n.prototype,"trouble",2),o([$("#search")],n.prototype,"search",2),o([$("#pasted")],n.prototype,"pasted",2),n=o([y("lms-log-page")],n);export{n as LogPage};
