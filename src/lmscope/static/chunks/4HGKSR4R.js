import{f as T}from"./SRP4G6IF.js";import"./WZZ6IHRZ.js";import"./HHYJPGQH.js";import{c as d}from"./OKW6DA77.js";import{e as E,i as k}from"./LMWNW5NJ.js";import{b as S}from"./ZLZRQF7C.js";import{a as i,b as w,c as r,f as l,h as b,i as y,j as v,k as p,l as $,n as x,o as M}from"./2YP3OCLO.js";var f=100,j=[["md","Markdown"],["jsonl","JSON lines"],["csv","CSV"]],C=new Intl.DateTimeFormat("en",{dateStyle:"medium",timeStyle:"short"}),h=({model:c,weights:u,site:e,layer:t,index:s})=>[c,u,e,t,s].join(" ");function O(c,u){return Object.create(c,{mark:{value:async t=>{let s=await c.mark(t);return u(s),s}}})}var g=(c,u)=>`${d(c)} ${u}${c===1?"":"s"}`,n=class extends b{constructor(){super(...arguments);this.entries=null;this.sought="";this.isOnlyStarred=!1;this.tag="";this.nShown=f;this.open=new Map;this.said="";this.trouble="";this.telling=null;this.press=e=>{e.key!=="/"||S(e)||!this.search||(e.preventDefault(),this.search.focus(),this.search.select())}}connectedCallback(){super.connectedCallback(),window.addEventListener("keydown",this.press)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("keydown",this.press)}willUpdate(e){if(!e.has("address"))return;let{journal:t}=this.source;this.telling=t&&O(t,s=>this.take(s)),this.read()}async read(){let{journal:e}=this.source;if(!e)return;let{person:t}=e;await this.trying(async()=>{let{entries:s}=await e.log();if(t!==e.person)return;let a=new Map(this.entries?.map(o=>[h(o),o]));this.entries=s.map(o=>(a.get(h(o))?.version??0)>o.version?a.get(h(o)):o)})}async trying(e){this.trouble="";try{await e()}catch(t){if(!(t instanceof Error))throw t;this.trouble=t.message}}take(e){this.entries=this.entries?.map(t=>h(t)===h(e)&&t.version<e.version?e:t)??null}async star(e){let t=!e.starred;await this.trying(async()=>{try{await this.telling.mark({...e,starred:t})}catch(s){if(!(s instanceof k&&s.status===409&&s.facts.entry))throw s;await this.telling.mark({...s.facts.entry,starred:t})}})}edit(e,t){let s=new Map(this.open);t?s.set(h(e),e):s.delete(h(e)),this.open=s,t||this.read()}rename(e){e.preventDefault();let{journal:t}=this.source,s=String(new FormData(e.target).get("person")).trim();!t||!s||s===t.person||(t.person=s,this.entries=null,this.open=new Map,this.tag=this.sought="",this.said=`This is the log of ${s} now.`,this.read())}async bringIn(e){if(!e.trim()){this.said="There is nothing to import: choose a file, or paste its lines.";return}this.said="Importing…",await this.trying(async()=>{let{n_added:t,n_merged:s}=await this.source.journal.importLines(e),a=s?`; ${g(s,"neuron")} ${s===1?"was":"were"} here already, and nothing of them is lost`:"";this.said=`${g(t,"neuron")} came in${a}.`,this.pasted.value="",await this.read()}),this.trouble&&(this.said="")}async choseFile(e){let t=e.target,s=t.files?.[0];s&&await this.bringIn(await s.text()),t.value=""}get found(){let e=this.sought.trim().toLowerCase();return(this.entries??[]).filter(t=>(!this.isOnlyStarred||t.starred)&&(!this.tag||t.tags.includes(this.tag))&&[`L${t.layer}N${t.index}`,t.catalogue??"",t.model,t.note,...t.tags].some(s=>s.toLowerCase().includes(e)))}render(){let{journal:e}=this.source,{entries:t}=this;if(!e)return r`<h1>Log</h1>
        <p class="alert">${this.shelf.why_no_journal}</p>`;let s=t?.filter(a=>a.starred).length??0;return r`
      <h1>Log</h1>
      ${this.trouble?r`<div class="alert" role="alert">${this.trouble}</div>`:l}
      <form class="row" @submit=${this.rename}>
        <label>You are <input name="person" type="text" required maxlength="100" autocomplete="nickname" .value=${e.person} /></label>
        <button>Change</button>
        <span class="quiet">Each name has a log of its own.</span>
      </form>
      <p class="sum">${t?`Seen ${g(t.length,"neuron")}, ${d(s)} starred.`:"Reading…"}</p>
      ${t?.length?this.renderList(t):l}
      ${t&&!t.length?r`<p class="quiet">Every neuron whose page you open is noted here, with what you write about it.</p>`:l}
      ${this.renderExchange(e)}
      <p role="status">${this.said}</p>
    `}renderList(e){let{found:t}=this,s=[...new Set(e.flatMap(a=>a.tags))].sort((a,o)=>a.localeCompare(o));return r`
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
          ${t.length<e.length?`${d(t.length)} of ${d(e.length)}`:l}
        </span>
      </div>
      <ol>
        ${T(t.slice(0,this.nShown),h,a=>this.renderEntry(a))}
      </ol>
      ${t.length>this.nShown?r`<button @click=${()=>this.nShown+=f}>Show ${d(Math.min(f,t.length-this.nShown))} more</button>`:l}
    `}renderEntry(e){let{catalogue:t,layer:s,index:a}=e,o=`L${s}N${a}`,m=this.open.get(h(e));return r`<li>
      <div class="line">
        <button
          class="plain star" aria-pressed=${e.starred} aria-label="Star ${o}" ?disabled=${t===null}
          @click=${()=>this.star(e)}
        >
          <span aria-hidden="true">${e.starred?"★":"☆"}</span>
        </button>
        <span class="name">
          ${t===null?o:r`<a href=${E({catalogue:t,layer:s,neuron:a})}>${o}</a>`}
          <span class="quiet">${t??r`${e.model}, site ${e.site}: not on this site`}</span>
        </span>
        <span class="quiet when">
          <time datetime=${e.last_seen}>${C.format(new Date(e.last_seen))}</time>${e.n_visits>1?`, seen ${d(e.n_visits)} times`:l}
        </span>
        ${t===null?l:r`<button
              class="plain" aria-expanded=${m!==void 0} aria-label="${m?"Close":"Edit"} the note on ${o}"
              @click=${()=>this.edit(e,!m)}
            >
              ${m?"close":"edit"}
            </button>`}
      </div>
      ${m?r`<lms-notes .journal=${this.telling} .entry=${m}></lms-notes>`:r`${e.note?r`<p class="note">${e.note}</p>`:l}
          ${e.tags.length?r`<p class="tags">${e.tags.map(I=>r`<span class="badge">${I}</span> `)}</p>`:l}`}
    </li>`}renderExchange(e){return r`
      <h2>Take it along</h2>
      <p class="row">
        Export as
        ${j.map(([t,s])=>r`<a href=${e.exportUrl(t)} download>${s}</a>`)}
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
      .star {
        font-size: 1.1rem;
        text-decoration: none;
      }
      .star[aria-pressed="true"] {
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
    `],i([v({attribute:!1})],n.prototype,"source",2),i([v({attribute:!1})],n.prototype,"shelf",2),i([v({attribute:!1})],n.prototype,"address",2),i([p()],n.prototype,"entries",2),i([p()],n.prototype,"sought",2),i([p()],n.prototype,"isOnlyStarred",2),i([p()],n.prototype,"tag",2),i([p()],n.prototype,"nShown",2),i([p()],n.prototype,"open",2),i([p()],n.prototype,"said",2),i([p()],n.prototype,"trouble",2),i([$("#search")],n.prototype,"search",2),i([$("#pasted")],n.prototype,"pasted",2),n=i([y("lms-log-page")],n);export{n as LogPage};
