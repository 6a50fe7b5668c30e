import{a as K,b as M}from"./DZN5HDCX.js";import{a as B}from"./WAFKCCD6.js";import{a as H}from"./XKUGGR46.js";import{a as U}from"./LSAQRB73.js";import"./NN52CLUY.js";import"./SX4M7UQM.js";import{d as V}from"./BVDZSTZK.js";import"./YKF4EBZZ.js";import{a as O}from"./3NYV56MM.js";import{a as R,b as x,c as g}from"./CS66JUC2.js";import{e as y,h as P,i as L,j as I,k as D}from"./LMEHCCPS.js";import{a as o,b as w,c as n,f as l,h as T,i as E,j as f,k as v,l as z,n as S,o as N}from"./FALRISK7.js";var ee=1e-5;function G(r,m,{min:e,max:t}){let s=ee*Math.max(Math.abs(e),Math.abs(t));return r>t+s?"above every token of the corpus":r>=t-s?"as high as the highest in the corpus":r<e-s?"below every token of the corpus":`above ${x(m)} of the corpus's tokens`}function W(r,{min:m,max:e}){let t=r>0?e:m;return r*t>0?`${x(r/t)} of its ${r>0?"max":"min"}`:null}function j({activations:r,counted:m}){let e=null;return r.forEach((t,s)=>{m[s]&&(e===null||t<r[e])&&(e=s)}),e}function X(r){let m=r.indexOf(!0),e=m<0?r.length:m,t=r.filter((i,a)=>!i&&a>e).length,s=[];if(e){let i=e===1?"The first token does":`The first ${g(e)} tokens do`;s.push(`${i} not count: many models park attention there, with values of another size.`)}if(t){let i=t===1?"One more does":`${g(t)} more do`;s.push(`${i} not: special tokens, or the first of each segment of a text that is too long to be read at once.`)}return s.join(" ")||null}var C=1e5,te=16e3,_=r=>r.length<=te;var A=10,ie=700,F=new Set,d=class extends T{constructor(){super(...arguments);this.at=null;this.isOpen=!1;this.text="";this.number=1;this.isOnly=!0;this.texts=[];this.wantsRanking=!1;this.token=null;this.isWhole=!1;this.isSlow=!1;this.refusal=null;this.slowTimer=0;this.look=new M(async({catalogue:e,layer:t,neuron:s,text:i},a)=>Y(e,this.live.look(e,t,s,i,a)),()=>this.changed());this.ranking=new M(async({catalogue:e,text:t,token:s},i)=>Y(e,this.live.rank(e,t,s,i)),()=>this.changed())}disconnectedCallback(){super.disconnectedCallback(),this.look.drop(),this.ranking.drop(),clearTimeout(this.slowTimer)}focusText(){this.area?.focus()}willUpdate(e){(e.has("text")||e.has("shelved"))&&(this.token=null),this.ask()}ask(e=!1){let{text:t,at:s}=this,i=this.shelved.address;this.look.put(t&&s?{...s,text:t}:null,{again:e}),this.ranking.put(t&&this.isRanking?{catalogue:i,text:t,token:this.token}:null,{again:e})}get isRanking(){return this.wantsRanking||this.isOpen}changed(){clearTimeout(this.slowTimer),this.isSlow=!1,(this.look.isWaiting||this.ranking.isWaiting)&&(this.slowTimer=window.setTimeout(()=>this.isSlow=!0,ie)),this.requestUpdate()}tell(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t}))}type(e){this.refusal=null,this.tell("typed",e.target.value)}press(e){e.key!=="Enter"||!(e.ctrlKey||e.metaKey)||e.isComposing||(e.preventDefault(),this.tell("add"))}paste(e){let{length:t}=e.clipboardData?.getData("text/plain")??"";this.refusal=null,!(t<=C)&&(e.preventDefault(),this.refusal=`What you pasted has ${g(t)} characters; a page takes ${g(C)}.
Show every neuron a long text with: lmscope scan`)}pick(e){this.token=e.detail,this.wantsRanking=!0}render(){let{number:e}=this;return n`<section aria-labelledby="name">
      <div class="head">
        <label id="name" for="text">Text ${e}</label>
        <span class="status quiet" role="status">${this.status()}</span>
        <span class="actions">
          <button class="plain" aria-label=${`duplicate text ${e}`} @click=${()=>this.tell("duplicate")}>duplicate</button>
          ${this.isOnly?l:n`<button class="plain" aria-label=${`remove text ${e}`} @click=${()=>this.tell("remove")}>remove</button>`}
        </span>
      </div>
      <textarea
        id="text" rows="2" dir="auto" spellcheck="false" autocapitalize="off" autocomplete="off"
        placeholder="Type or paste any text"
        .value=${K(this.text)} @input=${this.type}
        @keydown=${this.press} @paste=${this.paste}
      ></textarea>
      ${this.refusal?n`<div class="alert" role="alert">${this.refusal}</div>`:l}
      ${this.at?this.renderLook():l} ${this.isRanking&&this.text?this.renderRanking():l}
    </section>`}status(){return!this.isSlow||!(this.look.isWaiting||this.ranking.isWaiting)?l:F.has(this.shelved.address)?"Waiting for the model…":`The model ${this.shelved.model} is being loaded (first time only)…`}renderTrouble(e){return n`<div class="alert" role="alert">${e instanceof Error?e.message:String(e)}</div>
      <p><button @click=${()=>this.ask(!0)}>Try again</button></p>`}renderLook(){let{trouble:e,answer:t,isCurrent:s}=this.look;if(e!==null)return this.renderTrouble(e);if(!t)return l;let i=t.scale??{min:0,max:0},a=X(t.counted);return n`<div class=${s?"result":"result stale"} aria-busy=${s?"false":"true"}>
      <p class="peak" aria-live="polite">${this.renderPeak(t)}</p>
      ${this.renderTokens(t,t.activations,t.peak,t.counted,i)}
      ${a?n`<p class="quiet why">${a}</p>`:l}
      ${this.isRanking?l:n`<p class="why">
            <button class="plain" @click=${()=>this.wantsRanking=!0}>Which neurons respond to this text?</button>
            <span class="quiet">Or choose a token: which respond to it?</span>
          </p>`}
    </div>`}renderPeak(e){let{peak:t,scale:s,percentile:i,activations:a,tokens:c}=e;if(t===null)return"No token of this text counts. Type on.";let u=Z=>n`<code>${O(c[Z])}</code>`,$=a[t],h=s&&i!==null?`: ${G($,i,s)}`:"",k=s?W($,s):null,b=this.shelved.is_gated?j(e):null,q=b===null?0:a[b];return n`Peak <b>${R($)}</b> on ${u(t)}${h}${k?n` <span class="quiet">(${k})</span>`:l}.
    ${b!==null&&q<0&&s?n`Lowest <b>${R(q)}</b> on ${u(b)} <span class="quiet">(${W(q,s)})</span>.`:l}`}renderTokens(e,t,s,i,a){return n`<lms-tokens
      .tokens=${e.tokens} .tokenIds=${e.token_ids} .spans=${e.spans} .split=${e.split}
      .activations=${t} .peak=${s} .counted=${i} .scale=${a}
      .label=${`Tokens of text ${this.number}; Enter ranks the neurons at a token`} @pick=${this.pick}
    ></lms-tokens>`}renderRanking(){let{trouble:e,answer:t,isCurrent:s,question:i}=this.ranking,a=i?.token??null,c=t?.text===this.text,u=a===null||!t||!c?"this text":n`<code>${O(t.tokens[a])}</code>`;return n`<div class="ranking">
      <h2>Neurons that respond most to ${u}</h2>
      <p class="actions">
        ${a===null?l:n`<button class="plain" @click=${()=>this.token=null}>to the whole text</button>`}
        ${this.isOpen?n`<span class="quiet">Choose a token to rank the neurons at it.</span>`:n`<button class="plain" @click=${this.closeRanking}>close</button>`}
      </p>
      ${e===null?l:this.renderTrouble(e)}
      ${t?n`<div class=${s?"":"stale"} aria-busy=${s?"false":"true"}>
            ${this.at?l:this.renderTokens(t,[],null,null,{min:0,max:0})}
            ${this.renderTable(t,a)}
          </div>`:l}
    </div>`}closeRanking(){this.wantsRanking=!1,this.token=null}renderTable(e,t){let{neurons:s,tokens:i,n_neurons:a}=e;if(!s.length)return n`<p class="quiet">None of the ${g(a)} neurons responds.</p>`;let c=this.shelved.address,u=this.isWhole?s:s.slice(0,A),$=this.texts.filter(Boolean);return n`<div class="wide">
        <table>
          <caption>
            The strongest ${g(u.length)} of ${g(a)}.
            ${e.ranked_by==="relative"?"Each is measured by its own max in the corpus: 100 % is as strong as its strongest example.":"Ranked by the size of the activation."}
          </caption>
          <thead>
            <tr>
              <th scope="col">Neuron</th>
              <th scope="col" class="number">Activation</th>
              <th scope="col" class="number">Of own max</th>
              ${t===null?n`<th scope="col">At</th>`:l}
              <th scope="col"><span class="visually-hidden">Try it</span></th>
            </tr>
          </thead>
          <tbody>
            ${u.map(h=>{let k={catalogue:c,layer:h.layer,neuron:h.index},b=this.at?.layer===h.layer&&this.at.neuron===h.index;return n`<tr>
                <th scope="row"><a href=${y(k)}>${h.neuron}</a></th>
                <td class="number">${R(h.activation)}</td>
                <td class="number">${h.relative===null?"none":x(h.relative)}</td>
                ${t===null?n`<td class="token"><code>${O(i[h.token])}</code></td>`:l}
                <td>
                  ${b?n`<span class="quiet">in the scope</span>`:n`<a href=${L(k,$)} aria-label=${`put in scope: ${h.neuron}`}>put in scope</a>`}
                </td>
              </tr>`})}
          </tbody>
        </table>
      </div>
      ${s.length>A?n`<p>
            <button class="plain" aria-expanded=${this.isWhole?"true":"false"} @click=${()=>this.isWhole=!this.isWhole}>
              ${this.isWhole?`show only ${A}`:`show ${g(s.length)}`}
            </button>
          </p>`:l}`}};d.styles=[S,N,w`
      section {
        padding: 0.25rem 0 0.75rem;
        border-bottom: 1px solid var(--line);
      }
      .head,
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 0.9rem;
      }
      .head {
        margin-bottom: 0.2rem;
      }
      label {
        color: var(--quiet);
      }
      .actions {
        max-width: none;
        margin: 0;
        font-size: 0.8125rem;
      }
      textarea {
        field-sizing: content;
        min-height: 3.5rem;
        max-height: 24rem;
        font-size: 1rem;
      }
      .result,
      .ranking {
        margin-top: 0.4rem;
      }
      .peak {
        max-width: none;
      }
      .why {
        max-width: none;
        margin: 0.35rem 0;
        font-size: 0.8125rem;
      }
      .status {
        flex: 1;
      }
      .stale {
        opacity: 0.6;
      }
      code {
        unicode-bidi: isolate;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .ranking {
        padding: 0.1rem 1rem 0.5rem;
        border-left: 3px solid var(--line);
      }
      .ranking h2 {
        margin: 0.4rem 0 0.2rem;
        font-size: 1rem;
      }
      .token {
        max-width: 14rem;
      }
      @media (max-width: 40rem) {
        .ranking {
          padding-inline: 0.6rem 0;
        }
        th,
        td {
          padding-right: 0.6rem;
        }
      }
    `],o([f({attribute:!1})],d.prototype,"live",2),o([f({attribute:!1})],d.prototype,"shelved",2),o([f({attribute:!1})],d.prototype,"at",2),o([f({type:Boolean})],d.prototype,"isOpen",2),o([f()],d.prototype,"text",2),o([f({type:Number})],d.prototype,"number",2),o([f({type:Boolean})],d.prototype,"isOnly",2),o([f({attribute:!1})],d.prototype,"texts",2),o([v()],d.prototype,"wantsRanking",2),o([v()],d.prototype,"token",2),o([v()],d.prototype,"isWhole",2),o([v()],d.prototype,"isSlow",2),o([v()],d.prototype,"refusal",2),o([z("textarea")],d.prototype,"area",2),d=o([E("lms-trial")],d);async function Y(r,m){let e=await m;return F.add(r),e}var ne=400,re=["8) singled out 9) personality","I loved it, you hated it, we left.",`def mean(numbers):
    return sum(numbers) / len(numbers)`,"On Monday, 3 May 1999, Maria moved from Lisbon to New York."],p=class extends T{constructor(){super(...arguments);this.catalogue="";this.layer="";this.neuron="";this.texts=[];this.record=null;this.trouble=null;this.nTexts=0;this.timer=0;this.wanted="";this.flush=()=>{if(!this.timer)return;this.forget();let{hash:e}=this;!this.misfit&&_(e)&&history.replaceState(history.state,"",e)}}connectedCallback(){super.connectedCallback(),window.addEventListener("pagehide",this.flush),this.addEventListener("focusout",this.flush)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("pagehide",this.flush),this.removeEventListener("focusout",this.flush),this.forget()}willUpdate(e){e.has("address")&&this.begin();let{at:t}=this,s=t?y(t):"";s!==this.wanted&&(this.wanted=s,document.title=`${t?`Scope: L${t.layer}N${t.neuron} · ${t.catalogue}`:"Scope"} · lmscope`,this.record=null,this.trouble=null,t&&this.read(t,s))}begin(){this.forget();let{catalogue:e,layer:t,neuron:s,texts:i}=this.address,a=this.shelf.catalogues.find(u=>u.why_not_live===null)??this.shelf.catalogues[0];this.catalogue=e??a?.address??"";let c=this.shelved?.layers.length===1?String(this.shelved.layers[0]):"";this.layer=t===null?c:String(t),this.neuron=s===null?"":String(s),this.texts=(i.length?i:[""]).map(u=>this.numbered(u))}numbered(e){return{id:this.nTexts++,text:e}}async read(e,t){try{let s=await(await this.source.catalogue(e.catalogue)).neuron(e.layer,e.neuron);t===this.wanted&&(this.record=s)}catch(s){if(t!==this.wanted)return;if(!(s instanceof D))throw s;this.trouble=s.message}}get shelved(){return this.shelf.catalogues.find(e=>e.address===this.catalogue)}get misfit(){let{layer:e,neuron:t,shelved:s}=this;if(!s||!t)return null;for(let[i,a,c]of[[e,"layer",J(s)],[t,"neuron",Q(s)]])if(!/^-?\d+$/.test(i))return`${i?`'${i}' is no ${a} number`:`No ${a} is given`}: write ${c}.`;return H(this.shelf,{catalogue:s.address,layer:Number(e),neuron:Number(t)})?.sentence??null}get at(){return!this.neuron||this.misfit?null:{catalogue:this.catalogue,layer:Number(this.layer),neuron:Number(this.neuron)}}get hash(){let e=this.texts.map(t=>t.text).filter(Boolean);return L(this.at??{catalogue:this.catalogue,layer:null,neuron:null},e)}later(){clearTimeout(this.timer),this.timer=window.setTimeout(this.flush,ne)}forget(){clearTimeout(this.timer),this.timer=0}choose(e){let t=/^\s*L(\d+)\s*N(\d+)\s*$/i.exec(e.neuron??"");e.catalogue!==void 0&&(this.catalogue=e.catalogue),e.layer!==void 0&&(this.layer=e.layer.trim()),e.neuron!==void 0&&(this.neuron=t?.[2]??e.neuron.trim()),t&&(this.layer=t[1]),this.later()}typed(e,t){this.texts=this.texts.map(s=>s.id===e?{id:e,text:t}:s),this.later()}async add(e,t=this.texts.length-1){let s=this.numbered(e);this.texts=[...this.texts.slice(0,t+1),s,...this.texts.slice(t+1)],this.later(),await this.focusText(t+1)}async leaveOut(e){this.texts=this.texts.toSpliced(e,1),this.later(),await this.focusText(Math.max(0,e-1))}async focusText(e){await this.updateComplete;let t=this.renderRoot.querySelectorAll("lms-trial")[e];await t?.updateComplete,t?.focusText()}trySample(e){let t=this.texts.findIndex(s=>!s.text);t<0?this.add(e):(this.typed(this.texts[t].id,e),this.focusText(t))}render(){let{shelved:e,at:t}=this;if(!e)return n`<h1>Scope</h1><p class="alert">There is no catalogue here, so there is no neuron to look at.</p>`;let s=this.why(e);return n`
      <h1>Scope${t?n` <span class="quiet">· L${t.layer}N${t.neuron} of ${e.model}</span>`:l}</h1>
      <p class="quiet">Any text through the model, while you type: what one neuron does at each token, or which neurons respond.</p>
      ${this.renderPicker(e)} ${this.renderWays(t)}
      ${s?n`<p class="alert">${s}</p>`:this.renderTexts(e,t)}
    `}why(e){return e.why_not_live!==null?e.why_not_live:this.source.live?null:"There is no model behind this page, so no text can be tried here."}renderPicker(e){let{misfit:t}=this,s=(i,a,c)=>n`<div class="field">
      <label for=${i}>${a}</label>
      <input
        id=${i} type="text" inputmode="numeric" autocomplete="off" size="6" aria-describedby="${i}-hint"
        aria-invalid=${t?"true":"false"} .value=${this[i]}
        @input=${u=>this.choose({[i]:u.target.value})}
      />
      <small id="${i}-hint">${c}</small>
    </div>`;return n`<form class="picker" aria-label="Neuron in the scope" @submit=${i=>i.preventDefault()}>
        <div class="field">
          <label for="catalogue">Catalogue</label>
          <select
            id="catalogue" aria-describedby="catalogue-hint"
            @change=${i=>this.choose({catalogue:i.target.value})}
          >
            ${this.shelf.catalogues.map(i=>n`<option value=${i.address} ?selected=${i.address===this.catalogue}>${i.address}</option>`)}
          </select>
          <small id="catalogue-hint">site ${e.site}, ${V[e.site]}</small>
        </div>
        ${s("layer","Layer",J(e))} ${s("neuron","Neuron",`${Q(e)}; empty: rank all`)}
      </form>
      ${t?n`<div class="alert" role="alert">${t}</div>`:l}
      ${this.trouble?n`<div class="alert" role="alert">${this.trouble}</div>`:l}`}renderWays(e){let{hash:t}=this;return n`<p class="ways">
      ${e?n`<a href=${y(e)}>neuron page</a> <a href=${I(e,null)}>compare with another</a>`:n`<a href=${P(this.catalogue)}>all neurons</a>`}
      ${_(t)?n`<lms-copy .value=${new URL(t,location.href).href} label="copy link" what="copy link to this scope"></lms-copy>`:n`<span class="quiet">The texts are too long for a link.</span>`}
    </p>`}renderTexts(e,t){let{texts:s,record:i}=this,a=re.filter(u=>!s.some($=>$.text===u)),c=i&&!i.dead?i.top[0]:void 0;return n`
      ${i?n`<div class="scale">
            <lms-legend .scale=${i.stats}></lms-legend>
            <span class="quiet">
              Every text is on this one scale: what ${i.neuron} did on ${g(i.stats.count)} tokens of the corpus.
            </span>
          </div>
          ${i.dead?n`<p class="alert">No token of the corpus activated ${i.neuron}: it is dead there.</p>`:l}`:l}
      ${U(s,u=>u.id,(u,$)=>n`<lms-trial
          .live=${this.source.live} .shelved=${e} .at=${t} .isOpen=${!this.neuron}
          .text=${u.text} .number=${$+1} .isOnly=${s.length===1} .texts=${s.map(h=>h.text)}
          @typed=${h=>this.typed(u.id,h.detail)} @add=${()=>this.add("",$)}
          @duplicate=${()=>this.add(u.text,$)} @remove=${()=>this.leaveOut($)}
        ></lms-trial>`)}
      <p class="add">
        <button @click=${()=>this.add("")}>Another text</button>
        <span class="quiet"><kbd>Ctrl</kbd> <kbd>Enter</kbd> in a text does the same.</span>
      </p>
      <div class="samples" role="group" aria-label="Texts to try">
        <span class="quiet">To try:</span>
        ${c?n`<button class="sample" @click=${()=>this.trySample(B(c))}>its strongest example</button>`:l}
        ${a.map(u=>n`<button class="sample" @click=${()=>this.trySample(u)}>${u.split(`
`)[0]}</button>`)}
      </div>
    `}};p.styles=[S,N,w`
      h1 .quiet {
        font-weight: 400;
      }
      .picker {
        display: grid;
        grid-template-columns: minmax(10rem, 20rem) 9rem minmax(9rem, 16rem);
        gap: 0.5rem 1rem;
        margin: 0.75rem 0;
      }
      .field {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      .field small {
        color: var(--quiet);
      }
      input[aria-invalid="true"] {
        border-color: var(--negative-mark);
      }
      .ways,
      .scale {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.2rem 1.25rem;
        max-width: none;
      }
      .scale {
        position: sticky;
        top: 0;
        z-index: 4;
        align-items: center;
        margin: 0.75rem 0 0.5rem;
        padding: 0.4rem 0;
        border-block: 1px solid var(--line);
        background: var(--page);
        font-size: 0.875rem;
      }
      lms-trial {
        margin-top: 0.75rem;
      }
      .samples {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.4rem 0.6rem;
        margin: 1rem 0;
      }
      .sample {
        padding-block: 0.1rem;
        text-align: left;
      }
      @media (max-width: 40rem) {
        .picker {
          grid-template-columns: 1fr 1fr;
        }
        .field:first-child {
          grid-column: 1 / -1;
        }
        .scale {
          position: static;
        }
      }
    `],o([f({attribute:!1})],p.prototype,"source",2),o([f({attribute:!1})],p.prototype,"shelf",2),o([f({attribute:!1})],p.prototype,"address",2),o([v()],p.prototype,"catalogue",2),o([v()],p.prototype,"layer",2),o([v()],p.prototype,"neuron",2),o([v()],p.prototype,"texts",2),o([v()],p.prototype,"record",2),o([v()],p.prototype,"trouble",2),p=o([E("lms-scope-page")],p);function J({layers:r}){return r.length===1?`only ${r[0]}`:r.at(-1)-r[0]===r.length-1?`${r[0]} to ${r.at(-1)}`:r.join(", ")}var Q=({d_mlp:r})=>`0 to ${g(r-1)}`;export{p as ScopePage};
