var yt=Object.defineProperty;var At=Object.getOwnPropertyDescriptor;var jt=(i,t,e,r)=>{for(var s=r>1?void 0:r?At(t,e):t,o=i.length-1,n;o>=0;o--)(n=i[o])&&(s=(r?n(t,e,s):n(s))||s);return r&&s&&yt(t,e,s),s};var H=globalThis,j=H.ShadowRoot&&(H.ShadyCSS===void 0||H.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,W=Symbol(),rt=new WeakMap,w=class{constructor(t,e,r){if(this._$cssResult$=!0,r!==W)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(j&&t===void 0){let r=e!==void 0&&e.length===1;r&&(t=rt.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),r&&rt.set(e,t))}return t}toString(){return this.cssText}},C=i=>new w(typeof i=="string"?i:i+"",void 0,W),k=(i,...t)=>{let e=i.length===1?i[0]:t.reduce((r,s,o)=>r+(n=>{if(n._$cssResult$===!0)return n.cssText;if(typeof n=="number")return n;throw Error("Value passed to 'css' function must be a 'css' function result: "+n+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(s)+i[o+1],i[0]);return new w(e,i,W)},st=(i,t)=>{if(j)i.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let r=document.createElement("style"),s=H.litNonce;s!==void 0&&r.setAttribute("nonce",s),r.textContent=e.cssText,i.appendChild(r)}},K=j?i=>i:i=>i instanceof CSSStyleSheet?(t=>{let e="";for(let r of t.cssRules)e+=r.cssText;return C(e)})(i):i;var{is:xt,defineProperty:St,getOwnPropertyDescriptor:Et,getOwnPropertyNames:wt,getOwnPropertySymbols:Ct,getPrototypeOf:kt}=Object,q=globalThis,it=q.trustedTypes,Pt=it?it.emptyScript:"",Mt=q.reactiveElementPolyfillSupport,P=(i,t)=>i,M={toAttribute(i,t){switch(t){case Boolean:i=i?Pt:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,t){let e=i;switch(t){case Boolean:e=i!==null;break;case Number:e=i===null?null:Number(i);break;case Object:case Array:try{e=JSON.parse(i)}catch{e=null}}return e}},L=(i,t)=>!xt(i,t),ot={attribute:!0,type:String,converter:M,reflect:!1,useDefault:!1,hasChanged:L};Symbol.metadata??=Symbol("metadata"),q.litPropertyMetadata??=new WeakMap;var m=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=ot){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let r=Symbol(),s=this.getPropertyDescriptor(t,r,e);s!==void 0&&St(this.prototype,t,s)}}static getPropertyDescriptor(t,e,r){let{get:s,set:o}=Et(this.prototype,t)??{get(){return this[e]},set(n){this[e]=n}};return{get:s,set(n){let l=s?.call(this);o?.call(this,n),this.requestUpdate(t,l,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??ot}static _$Ei(){if(this.hasOwnProperty(P("elementProperties")))return;let t=kt(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(P("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(P("properties"))){let e=this.properties,r=[...wt(e),...Ct(e)];for(let s of r)this.createProperty(s,e[s])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[r,s]of e)this.elementProperties.set(r,s)}this._$Eh=new Map;for(let[e,r]of this.elementProperties){let s=this._$Eu(e,r);s!==void 0&&this._$Eh.set(s,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let r=new Set(t.flat(1/0).reverse());for(let s of r)e.unshift(K(s))}else t!==void 0&&e.push(K(t));return e}static _$Eu(t,e){let r=e.attribute;return r===!1?void 0:typeof r=="string"?r:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let r of e.keys())this.hasOwnProperty(r)&&(t.set(r,this[r]),delete this[r]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return st(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,r){this._$AK(t,r)}_$ET(t,e){let r=this.constructor.elementProperties.get(t),s=this.constructor._$Eu(t,r);if(s!==void 0&&r.reflect===!0){let o=(r.converter?.toAttribute!==void 0?r.converter:M).toAttribute(e,r.type);this._$Em=t,o==null?this.removeAttribute(s):this.setAttribute(s,o),this._$Em=null}}_$AK(t,e){let r=this.constructor,s=r._$Eh.get(t);if(s!==void 0&&this._$Em!==s){let o=r.getPropertyOptions(s),n=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:M;this._$Em=s;let l=n.fromAttribute(e,o.type);this[s]=l??this._$Ej?.get(s)??l,this._$Em=null}}requestUpdate(t,e,r,s=!1,o){if(t!==void 0){let n=this.constructor;if(s===!1&&(o=this[t]),r??=n.getPropertyOptions(t),!((r.hasChanged??L)(o,e)||r.useDefault&&r.reflect&&o===this._$Ej?.get(t)&&!this.hasAttribute(n._$Eu(t,r))))return;this.C(t,e,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:r,reflect:s,wrapped:o},n){r&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,n??e??this[t]),o!==!0||n!==void 0)||(this._$AL.has(t)||(this.hasUpdated||r||(e=void 0),this._$AL.set(t,e)),s===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[s,o]of this._$Ep)this[s]=o;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[s,o]of r){let{wrapped:n}=o,l=this[s];n!==!0||this._$AL.has(s)||l===void 0||this.C(s,void 0,o,l)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(e)):this._$EM()}catch(r){throw t=!1,this._$EM(),r}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};m.elementStyles=[],m.shadowRootOptions={mode:"open"},m[P("elementProperties")]=new Map,m[P("finalized")]=new Map,Mt?.({ReactiveElement:m}),(q.reactiveElementVersions??=[]).push("2.1.2");var G=globalThis,nt=i=>i,z=G.trustedTypes,at=z?z.createPolicy("lit-html",{createHTML:i=>i}):void 0,Z="$lit$",f=`lit$${Math.random().toFixed(9).slice(2)}$`,Q="?"+f,Ut=`<${Q}>`,b=document,O=()=>b.createComment(""),N=i=>i===null||typeof i!="object"&&typeof i!="function",X=Array.isArray,ut=i=>X(i)||typeof i?.[Symbol.iterator]=="function",J=`[ 	
\f\r]`,U=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,lt=/-->/g,ht=/>/g,$=RegExp(`>|${J}(?:([^\\s"'>=/]+)(${J}*=${J}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),dt=/'/g,ct=/"/g,mt=/^(?:script|style|textarea|title)$/i,Y=i=>(t,...e)=>({_$litType$:i,strings:t,values:e}),Vt=Y(1),Bt=Y(2),Ft=Y(3),_=Symbol.for("lit-noChange"),c=Symbol.for("lit-nothing"),pt=new WeakMap,v=b.createTreeWalker(b,129);function ft(i,t){if(!X(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return at!==void 0?at.createHTML(t):t}var gt=(i,t)=>{let e=i.length-1,r=[],s,o=t===2?"<svg>":t===3?"<math>":"",n=U;for(let l=0;l<e;l++){let a=i[l],d,p,h=-1,u=0;for(;u<a.length&&(n.lastIndex=u,p=n.exec(a),p!==null);)u=n.lastIndex,n===U?p[1]==="!--"?n=lt:p[1]!==void 0?n=ht:p[2]!==void 0?(mt.test(p[2])&&(s=RegExp("</"+p[2],"g")),n=$):p[3]!==void 0&&(n=$):n===$?p[0]===">"?(n=s??U,h=-1):p[1]===void 0?h=-2:(h=n.lastIndex-p[2].length,d=p[1],n=p[3]===void 0?$:p[3]==='"'?ct:dt):n===ct||n===dt?n=$:n===lt||n===ht?n=U:(n=$,s=void 0);let g=n===$&&i[l+1].startsWith("/>")?" ":"";o+=n===U?a+Ut:h>=0?(r.push(d),a.slice(0,h)+Z+a.slice(h)+f+g):a+f+(h===-2?l:g)}return[ft(i,o+(i[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),r]},R=class i{constructor({strings:t,_$litType$:e},r){let s;this.parts=[];let o=0,n=0,l=t.length-1,a=this.parts,[d,p]=gt(t,e);if(this.el=i.createElement(d,r),v.currentNode=this.el.content,e===2||e===3){let h=this.el.content.firstChild;h.replaceWith(...h.childNodes)}for(;(s=v.nextNode())!==null&&a.length<l;){if(s.nodeType===1){if(s.hasAttributes())for(let h of s.getAttributeNames())if(h.endsWith(Z)){let u=p[n++],g=s.getAttribute(h).split(f),T=/([.?@])?(.*)/.exec(u);a.push({type:1,index:o,name:T[2],strings:g,ctor:T[1]==="."?I:T[1]==="?"?V:T[1]==="@"?B:A}),s.removeAttribute(h)}else h.startsWith(f)&&(a.push({type:6,index:o}),s.removeAttribute(h));if(mt.test(s.tagName)){let h=s.textContent.split(f),u=h.length-1;if(u>0){s.textContent=z?z.emptyScript:"";for(let g=0;g<u;g++)s.append(h[g],O()),v.nextNode(),a.push({type:2,index:++o});s.append(h[u],O())}}}else if(s.nodeType===8)if(s.data===Q)a.push({type:2,index:o});else{let h=-1;for(;(h=s.data.indexOf(f,h+1))!==-1;)a.push({type:7,index:o}),h+=f.length-1}o++}}static createElement(t,e){let r=b.createElement("template");return r.innerHTML=t,r}};function y(i,t,e=i,r){if(t===_)return t;let s=r!==void 0?e._$Co?.[r]:e._$Cl,o=N(t)?void 0:t._$litDirective$;return s?.constructor!==o&&(s?._$AO?.(!1),o===void 0?s=void 0:(s=new o(i),s._$AT(i,e,r)),r!==void 0?(e._$Co??=[])[r]=s:e._$Cl=s),s!==void 0&&(t=y(i,s._$AS(i,t.values),s,r)),t}var D=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:r}=this._$AD,s=(t?.creationScope??b).importNode(e,!0);v.currentNode=s;let o=v.nextNode(),n=0,l=0,a=r[0];for(;a!==void 0;){if(n===a.index){let d;a.type===2?d=new S(o,o.nextSibling,this,t):a.type===1?d=new a.ctor(o,a.name,a.strings,this,t):a.type===6&&(d=new F(o,this,t)),this._$AV.push(d),a=r[++l]}n!==a?.index&&(o=v.nextNode(),n++)}return v.currentNode=b,s}p(t){let e=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(t,r,e),e+=r.strings.length-2):r._$AI(t[e])),e++}},S=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,r,s){this.type=2,this._$AH=c,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=r,this.options=s,this._$Cv=s?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=y(this,t,e),N(t)?t===c||t==null||t===""?(this._$AH!==c&&this._$AR(),this._$AH=c):t!==this._$AH&&t!==_&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):ut(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==c&&N(this._$AH)?this._$AA.nextSibling.data=t:this.T(b.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:r}=t,s=typeof r=="number"?this._$AC(t):(r.el===void 0&&(r.el=R.createElement(ft(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===s)this._$AH.p(e);else{let o=new D(s,this),n=o.u(this.options);o.p(e),this.T(n),this._$AH=o}}_$AC(t){let e=pt.get(t.strings);return e===void 0&&pt.set(t.strings,e=new R(t)),e}k(t){X(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,r,s=0;for(let o of t)s===e.length?e.push(r=new i(this.O(O()),this.O(O()),this,this.options)):r=e[s],r._$AI(o),s++;s<e.length&&(this._$AR(r&&r._$AB.nextSibling,s),e.length=s)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let r=nt(t).nextSibling;nt(t).remove(),t=r}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},A=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,r,s,o){this.type=1,this._$AH=c,this._$AN=void 0,this.element=t,this.name=e,this._$AM=s,this.options=o,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=c}_$AI(t,e=this,r,s){let o=this.strings,n=!1;if(o===void 0)t=y(this,t,e,0),n=!N(t)||t!==this._$AH&&t!==_,n&&(this._$AH=t);else{let l=t,a,d;for(t=o[0],a=0;a<o.length-1;a++)d=y(this,l[r+a],e,a),d===_&&(d=this._$AH[a]),n||=!N(d)||d!==this._$AH[a],d===c?t=c:t!==c&&(t+=(d??"")+o[a+1]),this._$AH[a]=d}n&&!s&&this.j(t)}j(t){t===c?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},I=class extends A{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===c?void 0:t}},V=class extends A{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==c)}},B=class extends A{constructor(t,e,r,s,o){super(t,e,r,s,o),this.type=5}_$AI(t,e=this){if((t=y(this,t,e,0)??c)===_)return;let r=this._$AH,s=t===c&&r!==c||t.capture!==r.capture||t.once!==r.once||t.passive!==r.passive,o=t!==c&&(r===c||s);s&&this.element.removeEventListener(this.name,this,r),o&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},F=class{constructor(t,e,r){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(t){y(this,t)}},Wt={M:Z,P:f,A:Q,C:1,L:gt,R:D,D:ut,V:y,I:S,H:A,N:V,U:B,B:I,F},Ot=G.litHtmlPolyfillSupport;Ot?.(R,S),(G.litHtmlVersions??=[]).push("3.3.3");var $t=(i,t,e)=>{let r=e?.renderBefore??t,s=r._$litPart$;if(s===void 0){let o=e?.renderBefore??null;r._$litPart$=s=new S(t.insertBefore(O(),o),o,void 0,e??{})}return s._$AI(i),s};var tt=globalThis,E=class extends m{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=$t(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return _}};E._$litElement$=!0,E.finalized=!0,tt.litElementHydrateSupport?.({LitElement:E});var Nt=tt.litElementPolyfillSupport;Nt?.({LitElement:E});(tt.litElementVersions??=[]).push("4.2.2");var oe=i=>(t,e)=>{e!==void 0?e.addInitializer(()=>{customElements.define(i,t)}):customElements.define(i,t)};var Rt={attribute:!0,type:String,converter:M,reflect:!1,hasChanged:L},Tt=(i=Rt,t,e)=>{let{kind:r,metadata:s}=e,o=globalThis.litPropertyMetadata.get(s);if(o===void 0&&globalThis.litPropertyMetadata.set(s,o=new Map),r==="setter"&&((i=Object.create(i)).wrapped=!0),o.set(e.name,i),r==="accessor"){let{name:n}=e;return{set(l){let a=t.get.call(this);t.set.call(this,l),this.requestUpdate(n,a,i,!0,l)},init(l){return l!==void 0&&this.C(n,void 0,i,l),l}}}if(r==="setter"){let{name:n}=e;return function(l){let a=this[n];t.call(this,l),this.requestUpdate(n,a,i,!0,l)}}throw Error("Unsupported decorator location: "+r)};function vt(i){return(t,e)=>typeof e=="object"?Tt(i,t,e):((r,s,o)=>{let n=s.hasOwnProperty(o);return s.constructor.createProperty(o,r),n?Object.getOwnPropertyDescriptor(s,o):void 0})(i,t,e)}function de(i){return vt({...i,state:!0,attribute:!1})}var x=(i,t,e)=>(e.configurable=!0,e.enumerable=!0,Reflect.decorate&&typeof t!="object"&&Object.defineProperty(i,t,e),e);function me(i,t){return(e,r,s)=>{let o=n=>n.renderRoot?.querySelector(i)??null;if(t){let{get:n,set:l}=typeof r=="object"?e:s??(()=>{let a=Symbol();return{get(){return this[a]},set(d){this[a]=d}}})();return x(e,r,{get(){let a=n.call(this);return a===void 0&&(a=o(this),(a!==null||this.hasUpdated)&&l.call(this,a)),a}})}return x(e,r,{get(){return o(this)}})}}function Te(i,{min:t,max:e}){if(!i||Number.isNaN(i))return{side:"none",level:0};let r=Math.abs(i)/Math.max(Math.abs(t),Math.abs(e));return r<.03?{side:"none",level:0}:{side:i>0?"positive":"negative",level:Math.max(1,Math.round(r<1?r*24:24))}}var _t={page:"#fdfcf9",raised:"#f5f2eb",line:"#ded9cd",edge:"#858074",ink:"#1b1a18",quiet:"#5d584f",link:"#1c54a8",positive:"#5598f7",negative:"#f3a03a","positive-mark":"#2a68c8","negative-mark":"#b95f08",alert:"#fdf0d8"},Ht={page:"#15171a",raised:"#1f2226",line:"#353a41",edge:"#7d858f",ink:"#ece9e2",quiet:"#aeaaa1",link:"#8fbaff",positive:"#2461c4",negative:"#9c5408","positive-mark":"#5f9ff8","negative-mark":"#e39a3f",alert:"#3a2c12"},et=i=>C(Object.entries(i).map(([t,e])=>`--${t}: ${e};`).join(" ")),Le=k`
  :host,
  :root {
    color-scheme: light;
    ${et(_t)}
    --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
    --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Georgia, "Noto Serif",
      "DejaVu Serif", serif;
    --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
    --gap: 0.75rem;
    --round: 4px;
  }
  @media (prefers-color-scheme: dark) {
    :host,
    :root {
      color-scheme: dark;
      ${et(Ht)}
    }
  }
  @media print {
    :host,
    :root {
      color-scheme: light;
      ${et({..._t,page:"#ffffff"})}
    }
  }
`,ze=k`
  :host {
    display: block;
    box-sizing: border-box;
    color: var(--ink);
    font: 0.9375rem/1.5 var(--sans);
    overflow-wrap: break-word;
    text-size-adjust: 100%;
    print-color-adjust: exact;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box; /* not inherited: the children of details would get that of its hidden slot */
  }

  h1,
  h2,
  h3 {
    margin: 1.6em 0 0.5em;
    font-family: var(--serif);
    font-weight: 600;
    line-height: 1.2;
    text-wrap: balance;
  }
  h1 {
    margin-top: 0.6em;
    font-size: 1.65rem;
  }
  h2 {
    font-size: 1.2rem;
  }
  h3 {
    font-size: 1rem;
  }
  p {
    max-width: 42rem;
    margin: 0.5em 0;
  }
  ul,
  ol {
    margin: 0.5em 0;
    padding-left: 1.4em;
  }
  hr {
    border: 0;
    border-top: 1px solid var(--line);
  }
  small,
  .quiet {
    color: var(--quiet);
  }
  small {
    font-size: 0.8125rem;
  }

  a,
  button.plain {
    color: var(--link);
    text-decoration: underline;
    text-decoration-thickness: 1px;
    text-underline-offset: 0.16em;
  }
  a:hover,
  button.plain:hover:enabled {
    text-decoration-thickness: 2px;
  }
  :focus-visible {
    outline: 2px solid var(--link);
    outline-offset: 2px;
    border-radius: 2px;
  }

  button,
  input,
  select,
  textarea {
    max-width: 100%;
    padding: 0.25rem 0.6rem;
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--page);
    color: var(--ink);
    font: inherit;
  }
  button,
  a.button {
    display: inline-block;
    padding: 0.25rem 0.7rem;
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--raised);
    color: var(--ink);
    line-height: 1.5;
    text-decoration: none;
    cursor: pointer;
  }
  button:hover:enabled,
  a.button:hover {
    border-color: var(--ink);
  }
  button[aria-pressed="true"] {
    border-color: var(--ink);
    background: var(--ink);
    color: var(--page);
  }
  button:disabled,
  a.button[aria-disabled="true"] {
    border-style: dashed;
    color: var(--quiet);
    cursor: default;
  }
  button.plain {
    padding: 0;
    border: 0;
    background: none;
  }
  input[type="checkbox"],
  input[type="radio"] {
    accent-color: var(--link);
  }
  textarea {
    width: 100%;
    resize: vertical;
  }
  ::placeholder {
    color: var(--quiet);
    opacity: 1;
  }
  label {
    cursor: default;
  }
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }

  .wide {
    position: relative; /* what is visually hidden in it scrolls along */
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
  }
  caption {
    padding: 0.3rem 0;
    color: var(--quiet);
    text-align: left;
  }
  th,
  td {
    padding: 0.2rem 1rem 0.2rem 0;
    border-bottom: 1px solid var(--line);
    text-align: left;
    vertical-align: baseline;
  }
  thead th {
    border-bottom-color: var(--edge);
    color: var(--quiet);
    font-weight: 500;
  }
  tbody th {
    font-weight: inherit;
  }
  .number {
    font-variant-numeric: tabular-nums;
    text-align: right;
    white-space: nowrap;
  }

  dl.facts {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 0.15rem 1rem;
    margin: 0.5em 0;
  }
  dl.facts dt {
    color: var(--quiet);
  }
  dl.facts dd {
    margin: 0;
    min-width: 0;
  }

  code,
  kbd,
  pre {
    font-family: var(--mono);
    font-size: 0.875em;
  }
  pre {
    margin: 0.5em 0;
    padding: 0.5rem 0.75rem;
    border: 1px solid var(--line);
    border-radius: var(--round);
    background: var(--raised);
    white-space: pre-wrap;
  }
  kbd {
    padding: 0 0.35em;
    border: 1px solid var(--edge);
    border-bottom-width: 2px;
    border-radius: var(--round);
    background: var(--raised);
  }
  summary {
    cursor: pointer;
  }
  dialog {
    max-width: min(40rem, calc(100vw - 2rem));
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--page);
    color: var(--ink);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }

  .badge {
    display: inline-block;
    padding: 0 0.45em;
    border: 1px solid var(--line);
    border-radius: 1em;
    background: var(--raised);
    color: var(--quiet);
    font-size: 0.8125rem;
    line-height: 1.45;
    white-space: nowrap;
  }
  .alert {
    max-width: 42rem;
    margin: 0.75rem 0;
    padding: 0.5rem 0.75rem;
    border-left: 3px solid var(--negative-mark);
    background: var(--alert);
    white-space: pre-line;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
  @media print {
    .no-print {
      display: none !important;
    }
  }
`,De=k`
  ${C(Array.from({length:24},(i,t)=>{let e=100*(t+1)/24,r=o=>`color-mix(in srgb, var(--${o}) ${e.toFixed(2)}%, var(--page))`,s=`color-mix(in srgb, var(--negative-mark) ${Math.min(100,2*e).toFixed(2)}%, transparent)`;return`.p${t+1} { background: ${r("positive")}; } .n${t+1} { background: ${r("negative")}; text-decoration: underline dotted ${s}; }`}).join(`
`))}
`;export{jt as a,k as b,Vt as c,Bt as d,_ as e,c as f,Wt as g,E as h,oe as i,vt as j,de as k,me as l,Te as m,Le as n,ze as o,De as p};
