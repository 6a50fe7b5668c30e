import{k,l as o,m as x}from"./HHYJPGQH.js";import{i as w}from"./LMWNW5NJ.js";import{a,b as u,c as n,f,h as v,i as y,j as c,l as g,n as b,o as $}from"./2YP3OCLO.js";var m=({starred:l,note:e,tags:t})=>({starred:l,note:e,tags:t}),h=class{constructor(e,t,i,r){this.journal=e;this.saved=t;this.store=i;this.onChange=r;this.theirs=null;this.said="";this.saving=null;let{model:d,weights:S,site:E,layer:C,index:T}=t;this.key=`lmscope.draft ${e.person} ${d} ${S} ${E} ${C} ${T}`;let p=this.kept();this.written=p?.written??m(t),!this.isSaved&&(p&&!o(p.base,t)?this.theirs=t:this.said="brought back what you had typed")}get isSaved(){return o(this.written,this.saved)}change(e){this.written={...this.written,...e},this.said="",this.keep(),this.onChange()}save(){return this.saving??=this.send().finally(()=>this.saving=null),this.saving}choose(e){return this.theirs&&(this.saved=this.theirs),this.theirs=null,this.change(m(e)),this.save()}async send(){for(;!this.isSaved&&!this.theirs;){this.said="saving…",this.onChange();try{this.saved=await this.journal.mark({...this.saved,...this.written}),this.said=this.isSaved?"saved":""}catch(e){if(this.said=this.refused(e),this.said)break}finally{this.keep(),this.onChange()}}}refused(e){if(e instanceof w&&e.status===409&&e.facts.entry){let t=e.facts.entry;return o(t,this.written)||o(t,this.saved)?this.saved=t:this.theirs=t,""}return`not saved: ${e instanceof Error?e.message:String(e)}`}kept(){try{return JSON.parse(this.store.getItem(this.key)??"null")}catch{return null}}keep(){try{this.isSaved?this.store.removeItem(this.key):this.store.setItem(this.key,JSON.stringify({written:this.written,base:m(this.saved)}))}catch{}}};var W=800;function I(){try{return localStorage}catch{return{getItem:()=>null,setItem:()=>{},removeItem:()=>{}}}}var s=class extends v{constructor(){super(...arguments);this.typed="";this.timer=0;this.hadConflict=!1;this.flush=()=>{clearTimeout(this.timer),this.draft?.save()}}connectedCallback(){super.connectedCallback(),window.addEventListener("pagehide",this.flush)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("pagehide",this.flush),this.flush()}willUpdate(t){!t.has("entry")&&!t.has("journal")||(this.flush(),this.draft=new h(this.journal,this.entry,I(),()=>this.requestUpdate()),this.typed=this.draft.written.tags.join(", "),this.draft.isSaved||this.later())}updated(){let t=this.draft.theirs!==null;t&&!this.hadConflict&&this.conflict?.focus(),this.hadConflict=t}toggleStar(){this.draft.change({starred:!this.draft.written.starred}),this.flush()}later(){clearTimeout(this.timer),this.timer=window.setTimeout(this.flush,W)}type(t){this.draft.change(t),this.later()}choose(t){this.typed=t.tags.join(", "),this.draft.choose(t)}render(){let{written:t,said:i,theirs:r}=this.draft;return n`<div class="notes no-print">
        <button class="star" aria-pressed=${t.starred} title="Star: s" @click=${this.toggleStar}>
          <span aria-hidden="true">${t.starred?"★":"☆"}</span> star
        </button>
        <label class="note"
          ><span class="visually-hidden">Note</span>
          <textarea
            rows="1" placeholder="What does it respond to? Your note" .value=${t.note}
            @input=${d=>this.type({note:d.target.value})}
            @change=${this.flush}
          ></textarea
        ></label>
        <label class="tags"
          ><span class="visually-hidden">Tags, with commas between them</span>
          <input
            type="text" placeholder="tags, with, commas" autocomplete="off" .value=${this.typed}
            @input=${this.typeTags} @change=${this.flush}
        /></label>
        <span class="quiet said" role="status">${i}</span>
      </div>
      ${r?this.renderConflict(r):f}`}typeTags(t){this.typed=t.target.value,this.type({tags:k(this.typed)})}renderConflict(t){let{written:i}=this.draft,r=x(i,t);return n`<div class="alert conflict" role="alertdialog" aria-labelledby="changed" tabindex="-1">
      <p id="changed">This entry was changed in another window while you wrote. Nothing is lost; choose.</p>
      <div class="versions">
        ${this.renderVersion("Yours",i,"keep yours")}
        ${this.renderVersion("The other",t,"take the other")}
        ${this.renderVersion("Both",r,"keep both")}
      </div>
    </div>`}renderVersion(t,i,r){return n`<div>
      <h3>${t} ${i.starred?"★":""}</h3>
      <p class="text">${i.note||n`<span class="quiet">no note</span>`}</p>
      <p class="quiet">${i.tags.length?i.tags.join(", "):"no tags"}</p>
      <button @click=${()=>this.choose(i)}>${r}</button>
    </div>`}};s.styles=[b,$,u`
      .notes {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 0.5rem;
        margin: 0.5rem 0;
      }
      .note {
        flex: 3 1 16rem;
      }
      .tags {
        flex: 1 1 9rem;
      }
      .tags input {
        width: 100%;
      }
      textarea {
        display: block;
        min-height: 2.1rem;
        max-height: 14rem;
        field-sizing: content;
      }
      .said:empty {
        display: none;
      }
      .said {
        flex: 0 1 auto;
        padding: 0.3rem 0;
        white-space: pre-line;
      }
      .conflict {
        max-width: none;
        white-space: normal;
      }
      .versions {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr));
        gap: 1rem;
      }
      h3 {
        margin: 0.3rem 0;
      }
      .text {
        max-height: 12rem;
        overflow-y: auto;
        white-space: pre-wrap;
      }
    `],a([c({attribute:!1})],s.prototype,"journal",2),a([c({attribute:!1})],s.prototype,"entry",2),a([g(".conflict")],s.prototype,"conflict",2),s=a([y("lms-notes")],s);
