import"./J7P42TVL.js";import{a as T,b as W}from"./DZN5HDCX.js";import{a as Y}from"./WAFKCCD6.js";import"./MVFQIZ4H.js";import"./NN52CLUY.js";import{j as V}from"./SX4M7UQM.js";import{e as G,f as Q,j as X,k as Z,l as ee}from"./BVDZSTZK.js";import{b as J}from"./IGPV4GCE.js";import"./YKF4EBZZ.js";import{a as K}from"./3NYV56MM.js";import{a as B,b as P,c as p}from"./CS66JUC2.js";import{a as U,e as x,f as R,h as j,i as F,j as D,k as w}from"./LMEHCCPS.js";import{a as d,b as S,c as n,f as m,h as L,i as A,j as $,k as g,l as q,n as C,o as I}from"./FALRISK7.js";var z=40,H=()=>({claim:"",rule:"",tokens:"last",side:"",offset:"",pasted:"",nearMisses:!1,harvest:!1,causal:!1,parent:null,rest:{}});function te({contents:a,hypothesis:h}){let{claim:e,rule:s,tokens:t,side:r,offset:o,texts:i,thresholds:l,seed:u}=a;return{...H(),claim:e,rule:s??"",tokens:t,side:r??"",offset:o===null?"":String(o),pasted:i?le(i):"",parent:h,rest:{...l&&{thresholds:l},...u!==void 0&&{seed:u}}}}function le({matching:a,other:h,paired:e}){return(e?a.map((t,r)=>({matching:t,other:h[r]??""})):[...a.map(t=>({matching:t,other:null})),...h.map(t=>({matching:null,other:t}))]).map(t=>JSON.stringify(t)).join(`
`)}var se=a=>({claim:a.claim.trim(),rule:a.rule.trim()?a.rule:null,tokens:a.tokens,side:a.side||null,offset:a.offset===""?null:Number(a.offset),texts:null,...a.rest});function oe(a,h){let e=[[a.top,h.top],[a.bottom,h.bottom],[a.bands.flatMap(s=>s.examples),h.bands]];return new Map(e.flatMap(([s,t])=>t.map((r,o)=>[s[o],r])))}var M=(a,h)=>`${p(a)} ${h}${a===1?"":"s"}`;function de(a){if(!a)return"";let h=Math.abs(a)===1?"one token":`${Math.abs(a)} tokens`;return a<0?`, if it fires ${h} before the place`:`, if it fires ${h} after the place`}function re(a,h,{side:e,offset:s}){let{peaks:t,corpus:r}=a,o=e==="-"&&h.bottom.length>0,[i,l]=o?["bottom","n_bottom"]:["top","n_top"],u=s===""?t.toSorted((y,_)=>Math.abs(y.offset)-Math.abs(_.offset)):t.filter(y=>y.offset===Number(s)),c=u.reduce((y,_)=>_[l]>y[l]?_:y,u[0]),b=h[i].length,k=[`Marks ${p(c[l])} of the ${p(b)} ${i} examples' peaks${c[l]?de(c.offset):""}`+(r.documents?`, and ${M(r.places,"place")} in the first ${M(r.documents,"document")} of ${p(r.n_documents)}.`:".")];return a.n_left_out&&k.push(`There was no time for ${M(a.n_left_out,"example")}.`),a.slow?k.push(a.slow):!r.places&&r.documents?k.push("None there: is it what you mean? A rare thing needs more text, or texts of your own."):r.share_of_tokens>.5&&k.push(`That is ${P(r.share_of_tokens)} of all tokens: any neuron would seem to fit. Make it narrower.`),a.note&&k.push(a.note),k}function ae(a,h,e){let{n_matching:s,n_other:t,n_kept:r,is_paired:o,n_incomplete:i,n_looked_at:l}=a,u=s+t,c=[o?`${M(s,"pair")}.`:`${M(s,"text")} that ${s===1?"matches":"match"}, ${p(t)} that ${t===1?"does":"do"} not.`];i&&i<u&&c.push(`${M(i,"row")} had one text only, so nothing is paired.`),r<u&&c.push(`Of these ${p(u)} texts ${p(r)}, evenly chosen, are tested and kept on record.`);let b=l<u?` (of ${p(l)} looked at)`:"";return s?!t&&!e&&c.push("All of them match: a test needs others too. Paste some, or let lmscope make near misses."):c.push("None of them matches: a test needs both kinds."),a.n_on_both_sides&&c.push(`${p(a.n_on_both_sides)} stand on both sides${b}.`),a.n_repeated&&c.push(`${p(a.n_repeated)} are repeated${b}.`),h&&a.n_without_place&&c.push(`In ${p(a.n_without_place)} of the matching ones the rule marks nothing${b}.`),h&&a.n_others_with_place&&c.push(`In ${p(a.n_others_with_place)} of the others it marks something${b}.`),c}var ce=a=>`"${a.replace(/[\\"]/g,"\\$&").replaceAll(`
`,"\\n").replaceAll("	","\\t").replaceAll("\r","\\r")}"`,he=/^(and|or|not)$/i;function N(a,h){let e=[];for(let s of[...h].sort((t,r)=>t-r)){let t=e.at(-1);t&&t.last===s-1?(t.last=s,t.text+=a[s]):e.push({first:s,last:s,text:a[s]})}return e}function ie(a){let h=({tokens:o,first:i,last:l})=>{let[u,c,b]=[o[i-1]??"",o.slice(i,l+1).join(""),o[l+1]??""];return(/^\s/.test(c)||!/[\p{L}\p{N}_]$/u.test(u))&&!/^[\p{L}\p{N}_]/u.test(b)},e=a.flatMap(({tokens:o,chosen:i})=>N(o,i).map(l=>({...l,tokens:o}))),s=[...new Set(e.map(o=>o.text.trim()||o.text))],t=e.every(o=>/^\s*[\p{L}\p{N}_'’-]+(\s+[\p{L}\p{N}_'’-]+)*\s*$/u.test(o.text)&&h(o));return s.length?t?`words: ${[...new Map(s.map(i=>[i.toLowerCase(),i])).values()].map(i=>he.test(i)?ce(i):i).join(", ")}`:`/${s.map(o=>o.replace(/[\\^$.*+?()[\]{}|/#&~<>-]/g,"\\$&").replaceAll(`
`,"\\n").replaceAll("	","\\t").replaceAll("\r","\\r")).join("|")}/`:""}var pe=300,me=new Intl.DateTimeFormat("en-GB",{dateStyle:"medium",timeStyle:"short"}),ne=new Map,O=new Map,fe=[["words: I, you, New York","whole words or phrases, capital or small"],["exact words: US, IT","the same, capitals as written"],["[a-z]\\)","a pattern: a regular expression, alone or between slashes: /[a-z]\\)/i"],["(?:^|\\s)[a-z]>>\\)","what follows >> should fire, here the bracket"],['marked: "I loved «it»"',"this text, and what should fire in it"],['token: ")", " the", digit',"whole tokens of the model, or classes of them"],["words: I, you and not /I am/","several together, with and, or, not and brackets"]],ge=[["last","the last one: a model knows the whole place only there"],["first","the first one"],["any","any of them"]],v=class extends L{constructor(){super(...arguments);this.corpus="";this.test=null;this.fields=H();this.isOpen=!1;this.job=null;this.trouble="";this.tests=[];this.edits=null;this.isTouched=!1;this.told=null;this.preview=new W(({at:e,rule:s,tokens:t},r)=>this.evidence.preview(e,s,t,r),()=>this.tell());this.texts=new W(({written:e,rule:s},t)=>this.evidence.texts(e,s,t),()=>this.requestUpdate())}get key(){return x(this.at)}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.follow()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer),this.preview.drop(),this.texts.drop()}willUpdate(e){e.has("at")&&x(e.get("at")??{catalogue:"",layer:0,neuron:0})!==this.key&&(this.fields=ne.get(this.key)??H(),this.edits=null,this.isTouched=this.matches(":focus-within"),this.trouble="",this.job=null,this.tests=[],this.ask(),this.follow(),this.list()),(e.has("test")||e.has("at"))&&this.test!==null&&this.edit(this.test)}start(e){this.change({rule:e}),this.updateComplete.then(()=>{let s=this.renderRoot.querySelector("#rule");s?.focus(),s?.scrollIntoView({block:"center"})})}change(e){this.fields={...this.fields,...e},this.trouble="",ne.set(this.key,this.fields),this.ask()}ask(){let{rule:e,tokens:s,pasted:t}=this.fields;this.preview.put(e.trim()?{at:this.at,rule:e,tokens:s}:null);let r=this.preview.trouble===null&&t.length<1e5;this.texts.put(t.trim()?{written:t,rule:e.trim()&&r?e:null}:null)}tell(){this.requestUpdate();let e=this.preview.answer;e!==this.told&&(this.told=e,this.dispatchEvent(new CustomEvent("marks",{detail:e})))}async list(){let{key:e}=this,s=await this.evidence.tests(this.at).catch(t=>{if(!(t instanceof w))throw t;return[]});e===this.key&&(this.tests=s)}async edit(e){let{key:s}=this;try{let t=await this.evidence.one(e);if(s!==this.key||e!==this.test)return;this.change(te(t)),this.edits=e,this.isOpen=!0}catch(t){if(!(t instanceof w))throw t;s===this.key&&(this.trouble=t.message)}}async begin(e){e.preventDefault();let{at:s,fields:t,key:r}=this;if(!this.isBusy){this.trouble="";try{let o=await this.evidence.test({catalogue:s.catalogue,layer:s.layer,index:s.neuron,hypothesis:se(t),pasted:t.pasted.trim()?t.pasted:null,near_misses:t.nearMisses,harvest:t.harvest&&!t.pasted.trim()?z:0,causal:t.causal&&t.rule.trim()!=="",parent:t.parent});O.set(r,o.id),r===this.key&&this.take(o)}catch(o){if(!(o instanceof w))throw o;r===this.key&&(this.trouble=o.message)}}}follow(){clearTimeout(this.timer);let e=O.get(this.key);e!==void 0&&(this.timer=setTimeout(()=>{this.poll(e)},0))}async poll(e){let{key:s}=this;try{let t=await this.evidence.job(e);s===this.key&&this.isConnected&&this.take(t)}catch(t){if(!(t instanceof w))throw t;if(O.delete(s),s!==this.key)return;this.job=null,this.trouble=t.message}}take(e){if(this.job=e,e.state==="waiting"||e.state==="running"){this.timer=setTimeout(()=>{this.poll(e.id)},pe);return}O.delete(this.key),e.state==="done"&&e.record!==null?location.hash=R(e.record):e.state==="failed"&&(this.trouble=e.problem?.detail??"The test failed.")}async cancel(){let{job:e}=this;if(e){clearTimeout(this.timer);try{this.take(await this.evidence.cancel(e.id))}catch(s){if(!(s instanceof w))throw s;this.trouble=s.message}}}get isBegun(){let{claim:e,rule:s,pasted:t}=this.fields;return this.isTouched||!!(e||s||t||this.job||this.trouble)}get isBusy(){return this.job?.state==="waiting"||this.job?.state==="running"}render(){let{fields:e,isBegun:s}=this;return n`<section class=${s?"begun":""} aria-labelledby="title" @focusin=${()=>this.isTouched=!0}>
      <h2 id="title">I think it fires on …</h2>
      <form @submit=${this.begin}>
        <div class="pair">
          <label for="claim">in your words</label>
          <input
            id="claim" type="text" maxlength="2000" autocomplete="off" placeholder="lists like a) b) c)"
            .value=${T(e.claim)} @input=${t=>this.change({claim:E(t)})}
          />
          <label for="rule" title="What should make it fire, so exactly that a machine can look for it">as a rule</label>
          <input
            id="rule" type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
            placeholder="words: I, you   or a pattern: [a-z]\\)" aria-describedby=${s?"marks":m}
            aria-invalid=${this.preview.trouble===null?"false":"true"}
            .value=${T(e.rule)} @input=${t=>this.change({rule:E(t)})}
          />
        </div>
        ${s?this.renderRest():m}
      </form>
      ${this.trouble?n`<div class="alert" role="alert">${this.trouble}</div>`:m} ${this.renderJob()}
      ${this.renderTests()}
    </section>`}renderRest(){let{fields:e}=this;return n`${this.renderMarks()} ${this.renderForms()} ${this.renderMore()}
        <div class="row">
          <button ?disabled=${this.isBusy||!(e.rule.trim()||e.pasted.trim())}>Test it</button>
          <span class="quiet">
            ${this.edits===null?"Half of the corpus chooses, the other half judges; what comes out stays on record, whatever it is.":n`A new version of what <a href=${R(this.edits)}>test ${this.edits}</a> tested.`}
          </span>
        </div>
        <p class="quiet warning">
          If the examples on this page gave you the idea, the corpus that they come from (<bdi>${this.corpus}</bdi>) is a mild
          test of it. Other text is better: give texts of your own above, or use <code>lmscope test --corpus</code>.
        </p>`}renderMarks(){let{preview:e,record:s,fields:t}=this,{answer:r,trouble:o,isCurrent:i}=e;return o!==null?n`<div id="marks" class="alert" role="status">${o instanceof Error?o.message:String(o)}</div>`:n`<p id="marks" class=${r&&!i?"stale":""} role="status">
      ${r?re(r,s,t).map(l=>n`<span class="said">${l}</span> `):n`<span class="quiet">Write a rule, or choose tokens in the examples below to start one.</span>`}
    </p>`}renderForms(){return n`<details>
      <summary>How rules are written</summary>
      <dl class="forms">
        ${fe.map(([e,s])=>n`<div>
            <dt><button type="button" class="plain" title="Take it over" @click=${()=>this.start(e)}><code>${e}</code></button></dt>
            <dd class="quiet">${s}</dd>
          </div>`)}
      </dl>
    </details>`}openOrClose(e){e.preventDefault(),this.isOpen=!this.isOpen}renderMore(){let{fields:e}=this,{answer:s,trouble:t}=this.texts,r=e.pasted.trim()!=="";return n`<details .open=${T(this.isOpen)} @toggle=${o=>this.isOpen=o.target.open}>
      <summary @click=${this.openOrClose}>Which token, which side, and texts of your own</summary>
      <div class="choices">
        <label title="A place of the rule may cover several tokens of the model">
          Token of a place that fires
          <select @change=${o=>this.change({tokens:E(o)})}>
            ${ge.map(([o,i])=>n`<option value=${o} ?selected=${e.tokens===o}>${i}</option>`)}
          </select>
        </label>
        <label title="Some neurons, above all gated ones, speak by large negative activations">
          It fires by
          <select @change=${o=>this.change({side:E(o)})}>
            ${[["","find out"],["+","large activations"],["-","negative activations"]].map(([o,i])=>n`<option value=${o} ?selected=${e.side===o}>${i}</option>`)}
          </select>
        </label>
        <label title="A neuron may fire a token before the place, which it then predicts, or after it">
          How far from the place
          <select @change=${o=>this.change({offset:E(o)})}>
            <option value="" ?selected=${e.offset===""}>find out</option>
            ${[-2,-1,0,1,2].map(o=>n`<option value=${o} ?selected=${e.offset===String(o)}>
                ${o===0?"there":`${Math.abs(o)} ${Math.abs(o)===1?"token":"tokens"} ${o<0?"before":"after"}`}
              </option>`)}
          </select>
        </label>
      </div>
      <label class="texts" for="pasted">
        Texts that should make it fire, and texts that should not: a table with the columns
        <code>matching</code> and <code>other</code> (Markdown, CSV, TSV, JSON lines), or two lists under
        <code>match:</code> and <code>other:</code>
      </label>
      <textarea
        id="pasted" rows="4" spellcheck="false" aria-describedby="understood"
        placeholder=${`match:
a) singled out b) personality
other:
a. singled out b. personality`}
        .value=${T(e.pasted)} @input=${o=>this.change({pasted:E(o)})}
      ></textarea>
      <div id="understood" role="status">
        ${t!==null?n`<div class="alert">${t instanceof Error?t.message:String(t)}</div>`:s?n`<p>${ae(s,e.rule.trim()!=="",e.nearMisses).map(o=>n`<span>${o}</span> `)}</p>`:m}
      </div>
      <p class="choices">
        <label title="Each matching text is changed a little, so that the rule does not match any more">
          <input
            type="checkbox" .checked=${T(e.nearMisses)} ?disabled=${!r}
            @change=${o=>this.change({nearMisses:o.target.checked})}
          />
          make near misses of the matching texts
        </label>
        <label title="Sentences of the half that judges, each with a copy that was changed so that the rule fails">
          <input
            type="checkbox" .checked=${T(e.harvest)} ?disabled=${r}
            @change=${o=>this.change({harvest:o.target.checked})}
          />
          take ${z} pairs from held-out documents
        </label>
        <label title="The neuron is silenced at some places, and the model's guess of the next token is compared; takes a minute or more">
          <input
            type="checkbox" .checked=${T(e.causal)}
            @change=${o=>this.change({causal:o.target.checked})}
          />
          ask as well whether the model uses it there
        </label>
      </p>
    </details>`}renderJob(){let{job:e}=this;if(!e||e.state==="done"||e.state==="failed")return n`<div role="status"></div>`;if(e.state==="cancelled")return n`<div role="status"><p>Cancelled. The hypothesis stays on record, untested.</p></div>`;let s=e.total?e.done/e.total:null;return n`<div class="row job">
      <progress max="1" .value=${s??0} aria-label="Progress of the test" ?hidden=${s===null}></progress>
      <span role="status">${e.stage} …</span>
      ${s===null?m:n`<span class="quiet">${P(s)} of ${p(e.total)} tokens</span>`}
      <button type="button" @click=${this.cancel}>Cancel</button>
    </div>`}renderTests(){return this.tests.length?n`<h3>Tested on this neuron</h3>
      <ul class="tests">
        ${this.tests.map(e=>n`<li>
            <a href=${R(e.id)}>${e.verdict}</a>
            <bdi>${e.claim||e.rule||"texts only"}</bdi>
            <span class="quiet"><time datetime=${e.tested}>${me.format(new Date(e.tested))}</time></span>
          </li>`)}
      </ul>`:m}};v.styles=[C,I,S`
      section {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 0 1rem;
        align-items: center;
        margin: 0.5rem 0;
        padding: 0.35rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--round);
      }
      section > :not(h2, form) {
        grid-column: 1 / -1;
      }
      h2 {
        margin: 0;
        font-size: 1.1rem;
      }
      section.begun {
        display: block;
        padding: 0.25rem 1rem 0.75rem;
      }
      .begun h2 {
        margin: 0.4rem 0;
      }
      h3 {
        margin: 0.75rem 0 0.25rem;
      }
      .pair {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr) max-content minmax(0, 1fr);
        gap: 0.4rem 0.75rem;
        align-items: center;
      }
      .begun .pair {
        grid-template-columns: max-content minmax(0, 1fr);
      }
      .pair label {
        color: var(--quiet);
      }
      #rule,
      #pasted {
        font-family: var(--mono);
        font-size: 0.875rem;
      }
      #marks {
        max-width: none;
        min-height: 1.5em;
      }
      .said {
        white-space: pre-line;
      }
      .stale {
        opacity: 0.6;
      }
      details {
        margin: 0.25rem 0;
      }
      .forms div {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.9rem;
      }
      .forms dd {
        margin: 0;
      }
      .forms code,
      li bdi {
        overflow-wrap: anywhere;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1.5rem;
        max-width: none;
        margin: 0.5rem 0;
      }
      .choices label {
        max-width: 100%;
      }
      .warning {
        max-width: none;
        font-size: 0.875rem;
      }
      .texts {
        display: block;
        margin: 0.5rem 0 0.25rem;
      }
      .row {
        margin-top: 0.6rem;
      }
      .row > .quiet {
        flex: 1 1 16rem;
        font-size: 0.875rem;
      }
      .job > .quiet {
        flex: 0 1 auto;
      }
      .tests {
        max-height: 12rem;
        overflow-y: auto;
        padding: 0;
        list-style: none;
      }
      @media (max-width: 40rem) {
        section {
          padding-inline: 0.6rem;
        }
        section {
          grid-template-columns: minmax(0, 1fr);
        }
        .pair,
        .begun .pair {
          grid-template-columns: minmax(0, 1fr);
          gap: 0.15rem;
        }
      }
    `],d([$({attribute:!1})],v.prototype,"at",2),d([$({attribute:!1})],v.prototype,"record",2),d([$({attribute:!1})],v.prototype,"evidence",2),d([$()],v.prototype,"corpus",2),d([$({attribute:!1})],v.prototype,"test",2),d([g()],v.prototype,"fields",2),d([g()],v.prototype,"isOpen",2),d([g()],v.prototype,"job",2),d([g()],v.prototype,"trouble",2),d([g()],v.prototype,"tests",2),d([g()],v.prototype,"edits",2),d([g()],v.prototype,"isTouched",2),v=d([A("lms-claim")],v);var E=a=>a.target.value;var ve=["n","p"],f=class extends L{constructor(){super(...arguments);this.shown=null;this.isLoading=!1;this.trouble="";this.entry=null;this.logTrouble="";this.check=null;this.marked=new Map;this.chosen=new Map;this.loading=new AbortController;this.checking=new AbortController;this.seen=null;this.press=e=>{if(e.defaultPrevented||J(e)||!this.shown)return;let t={n:()=>this.step(1),p:()=>this.step(-1),r:()=>this.random(),u:this.source.journal?()=>{this.randomUnseen()}:null,s:this.notes?()=>this.notes.toggleStar():null,e:this.isLive?()=>location.hash=this.scopeAddress():null}[e.key];!t||e.repeat&&!ve.includes(e.key)||(e.preventDefault(),t())}}connectedCallback(){super.connectedCallback(),window.addEventListener("keydown",this.press)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("keydown",this.press),this.loading.abort(),this.checking.abort()}willUpdate(e){e.has("address")&&this.address.page==="neuron"&&this.load(this.address.at)}async load(e){this.loading.abort(),this.checking.abort();let{signal:s}=this.loading=new AbortController;this.isLoading=!0;try{let t=await this.source.catalogue(e.catalogue),r=await t.neuron(e.layer,e.neuron,s);if(s.aborted)return;this.shown={at:e,record:r,catalogue:t,places:new V(t.manifest)},this.trouble=this.logTrouble="",this.entry=this.check=null,this.marked=new Map,this.chosen=new Map,this.isLoading=!1,document.title=`${r.neuron} · ${r.model} · lmscope`,this.visit(this.shown),this.prepare(this.shown,s)}catch(t){if(s.aborted)return;if(this.isLoading=!1,this.shown=null,!(t instanceof w))throw t;this.trouble=t.message}}prepare({at:e,catalogue:s,places:t},r){(window.requestIdleCallback??(i=>setTimeout(i,200)))(()=>{let i=t.flat(e.layer,e.neuron);for(let l of[i+1,i-1]){if(r.aborted||l<0||l>=t.length)continue;let{layer:u,index:c}=t.at(l);s.neuron(u,c,r).catch(()=>{})}})}async visit(e){let{journal:s}=this.source,{at:t,places:r}=e;if(s)try{let o=await s.visit(t.catalogue,t.layer,t.neuron);this.seen?.catalogue===t.catalogue&&this.seen.places.add(r.flat(t.layer,t.neuron)),e===this.shown&&(this.entry=o)}catch(o){if(!(o instanceof w))throw o;e===this.shown&&(this.logTrouble=`This visit is not in the log: ${o.message}`)}}go(e){let{at:s,places:t}=this.shown,{layer:r,index:o}=t.at(e);location.hash=x({catalogue:s.catalogue,layer:r,neuron:o})}get flat(){let{at:e,places:s}=this.shown,t=U(location.hash),r=t.page==="neuron"&&t.at.catalogue===e.catalogue?t.at:e;return s.flat(r.layer,r.neuron)}step(e){let s=this.flat+e;s>=0&&s<this.shown.places.length&&this.go(s)}random(){let{length:e}=this.shown.places,s=Math.floor(Math.random()*(e-1));this.go(e>1&&s>=this.flat?s+1:s)}async randomUnseen(){let{journal:e}=this.source,{at:s,places:t}=this.shown;if(e)try{if(this.seen?.catalogue!==s.catalogue){let{entries:o}=await e.log(),i=o.filter(l=>l.catalogue===s.catalogue).map(l=>t.flat(l.layer,l.index));this.seen={catalogue:s.catalogue,places:new Set([...i.filter(l=>l>=0),this.flat])}}let r=X(t.length,this.seen.places);r<0?this.logTrouble=`You have seen all ${p(t.length)} neurons of this catalogue.`:this.go(r)}catch(r){if(!(r instanceof w))throw r;this.logTrouble=r.message}}get isLive(){return!!this.source.live&&this.shown.catalogue.shelved.why_not_live===null}scopeAddress(){let{at:e,record:s}=this.shown,t=s.top[0];return F(e,t&&!s.dead?[Y(t)]:[])}async recompute(){let{at:e,record:s,catalogue:t}=this.shown,r=s.top[0],{signal:o}=this.checking=new AbortController;this.check={isBusy:!0,said:"The model reads the segment again…",agrees:null};try{let{document:i,start:l,end:u}=await t.segment(r.segment),{bytes:c}=await t.document(i,l,u),b=new TextDecoder("utf-8",{ignoreBOM:!0}).decode(c),k=await this.source.live.look(e.catalogue,e.layer,e.neuron,b,o),y=Z(r,k,l);if(o.aborted)return;this.check=y===null?{isBusy:!1,said:"Read by itself, the segment of this example is cut into other tokens, so its values cannot be compared.",agrees:null}:{isBusy:!1,said:`Peak of the first example: stored ${B(r.max)}, recomputed ${B(y)} (the model read its whole segment, ${p(u-l)} bytes).`,agrees:ee(r.max,y)}}catch(i){if(o.aborted)return;if(this.check={isBusy:!1,said:i instanceof w?i.message:"",agrees:null},!(i instanceof w))throw i}}get canTest(){return!!this.source.evidence&&this.isLive}mark({detail:e}){this.marked=e?oe(this.shown.record,e):new Map}choose({detail:{example:e,token:s}}){let t=this.chosen.get(e)??[],r=t.includes(s)?t.filter(i=>i!==s):[...t,s],o=new Map(this.chosen);r.length?o.set(e,r):o.delete(e),this.chosen=o}startRule(){let e=[...this.chosen].map(([{tokens:s},t])=>({tokens:s,chosen:t}));this.chosen=new Map,this.claim?.start(ie(e))}render(){if(this.trouble){let{at:r}=this.address;return n`<h1>No such neuron here</h1>
        <p class="alert" role="alert">${this.trouble}</p>
        <p><a href=${j(r.catalogue)}>All neurons of ${r.catalogue}</a></p>`}if(!this.shown)return n`<p class="quiet" role="status">Reading the catalogue…</p>`;let{record:e,catalogue:s}=this.shown,{journal:t}=this.source;return n`
      ${this.renderWays()}
      <lms-neuron
        .record=${e} .shelved=${s.shelved} .source=${this.source} aria-busy=${this.isLoading}
        .marked=${this.marked} .chosen=${this.canTest?this.chosen:null} @choose=${this.choose}
      >
        ${t?n`<div class="notes">
              ${this.entry?n`<lms-notes .journal=${t} .entry=${this.entry}></lms-notes>`:m}
              ${this.logTrouble?n`<p class="alert" role="status">${this.logTrouble}</p>`:m}
            </div>`:m}
        ${this.renderOnwards()}
        ${this.canTest?n`<lms-claim
              class="no-print" .at=${this.shown.at} .record=${e} .evidence=${this.source.evidence}
              .corpus=${s.shelved.corpus} .test=${this.address.page==="neuron"?this.address.test:null}
              @marks=${this.mark}
            ></lms-claim>`:m}
        <div slot="after">${this.renderAddresses()}</div>
      </lms-neuron>
      ${this.renderChosen()}
    `}renderChosen(){let e=[...this.chosen].flatMap(([{tokens:s},t])=>N(s,t));return n`<div class="chosen no-print" role="region" aria-label="Chosen tokens" ?hidden=${!e.length}>
      <span role="status">${e.length?n`Chosen: ${e.map(s=>n`<code>${K(s.text)}</code> `)}`:m}</span>
      <button @click=${this.startRule}>Start a rule from selected tokens</button>
      <button class="plain" @click=${()=>this.chosen=new Map}>let them go</button>
    </div>`}renderWays(){let{at:e,places:s}=this.shown,t=s.flat(e.layer,e.neuron),r=(o,i,l)=>{if(o<0||o>=s.length)return n`<a class="button" role="link" aria-disabled="true">${l} <kbd>${i}</kbd></a>`;let{layer:u,index:c}=s.at(o),b=x({catalogue:e.catalogue,layer:u,neuron:c});return n`<a class="button" href=${b} title=${`L${u}N${c}`}>${l} <kbd>${i}</kbd></a>`};return n`<nav class="row ways no-print" aria-label="Neurons">
      ${r(t-1,"p","previous")} ${r(t+1,"n","next")}
      <button @click=${this.random}>random <kbd>r</kbd></button>
      ${this.source.journal?n`<button @click=${this.randomUnseen}>random unseen <kbd>u</kbd></button>`:m}
      <span class="quiet">
        <a href=${j(e.catalogue)}>${e.catalogue}</a>: ${p(t+1)} of ${p(s.length)}
      </span>
    </nav>`}renderOnwards(){let{at:e,record:s,catalogue:t}=this.shown,{check:r}=this;return n`<div class="row onwards no-print">
        ${this.isLive?n`<a href=${this.scopeAddress()}>try your own text <kbd>e</kbd></a>
              <button class="plain" ?disabled=${r?.isBusy??!1} @click=${this.recompute} ?hidden=${s.dead}>
                check against the model
              </button>`:m}
        <a href=${D(e,null)}>compare</a>
        ${this.isLive?m:n`<span class="quiet">${t.shelved.why_not_live}</span>`}
      </div>
      <div class="check" role="status">
        ${r?n`${r.agrees===null?m:n`<span class="badge">${r.agrees?"✓ agrees":"✗ differs"}</span>`}
              <span class="said">${r.said}</span>`:m}
      </div>`}renderAddresses(){let{record:e,catalogue:s,at:t}=this.shown,r=new URL(x(t),document.baseURI).href,o=new URL(`embed.html${x(t)}`,document.baseURI).href,i=[["address",G(e)],["link",[r]],["embed",[Q(o,`${e.neuron} of ${e.model}`)]],["Python",[`${s.shelved.python}["${e.neuron}"]`]]];return n`<section class="no-print" aria-labelledby="addresses">
      <h2 id="addresses">Take it elsewhere</h2>
      <dl class="facts">
        ${i.map(([l,u])=>n`<dt>${l}</dt>
            ${u.map(c=>n`<dd>
                <code>${c}</code> <lms-copy .value=${c} .what=${`copy ${l}: ${c}`}></lms-copy>
              </dd>`)}`)}
      </dl>
    </section>`}};f.styles=[C,I,S`
      .ways {
        margin: 0.75rem 0 0;
        font-size: 0.875rem;
      }
      .ways .quiet {
        margin-left: auto;
      }
      .button,
      .ways button {
        padding-block: 0.1rem;
      }
      .notes {
        min-height: 3.1rem;
      }
      .onwards {
        gap: 0.25rem 1.25rem;
        font-size: 0.875rem;
      }
      .check {
        font-size: 0.875rem;
      }
      .chosen {
        position: sticky;
        bottom: 0;
        z-index: 5;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 1rem;
        padding: 0.5rem 0;
        border-top: 1px solid var(--edge);
        background: var(--page);
      }
      .chosen > span {
        max-height: 4.5em;
        overflow-y: auto;
      }
      .said {
        white-space: pre-line;
      }
      dd + dd {
        grid-column: 2;
      }
      code {
        overflow-wrap: anywhere;
      }
      lms-copy {
        font-size: 0.8125rem;
      }
      @media (max-width: 40rem) {
        .ways .quiet {
          margin-left: 0;
        }
        dl.facts {
          grid-template-columns: minmax(0, 1fr);
        }
        dd + dd {
          grid-column: 1;
        }
        dt:not(:first-child) {
          margin-top: 0.4rem;
        }
        kbd {
          display: none;
        }
      }
      @media print {
        .notes {
          min-height: 0;
        }
      }
      @media (pointer: coarse) {
        kbd {
          display: none;
        }
      }
    `],d([$({attribute:!1})],f.prototype,"source",2),d([$({attribute:!1})],f.prototype,"shelf",2),d([$({attribute:!1})],f.prototype,"address",2),d([g()],f.prototype,"shown",2),d([g()],f.prototype,"isLoading",2),d([g()],f.prototype,"trouble",2),d([g()],f.prototype,"entry",2),d([g()],f.prototype,"logTrouble",2),d([g()],f.prototype,"check",2),d([g()],f.prototype,"marked",2),d([g()],f.prototype,"chosen",2),d([q("lms-notes")],f.prototype,"notes",2),d([q("lms-claim")],f.prototype,"claim",2),f=d([A("lms-neuron-page")],f);export{f as NeuronPage};
