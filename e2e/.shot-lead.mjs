import { createRequire } from 'module';
const require = createRequire('/work/main/e2e/package.json');
const { chromium } = require('playwright-core');
const [base, email, password, path, out, locale='en', scheme='light', w='1280', h='800', clicks=''] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath:'/usr/bin/chromium', args:['--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync'] });
const ctx = await browser.newContext({ viewport:{width:+w,height:+h}, colorScheme:scheme, locale });
const page = await ctx.newPage();
page.on('pageerror', e=>console.log('PAGEERROR', e.message));
page.on('console', m=>{ if(m.type()==='error') console.log('CONSOLE', m.text()); });
const r = await ctx.request.post(base+'/api/v1/session',{data:{email,password}});
const me=await r.json(); const p=await ctx.request.patch(base+'/api/v1/users/me',{data:{locale},headers:{'x-rapport-csrf':'1'}}); console.log('login', r.status(), 'locale', p.status(), p.ok()?'':(await p.text()).slice(0,200));
await page.addInitScript(l=>{ try{ localStorage.setItem('rapport.locale', l); localStorage.setItem('locale', l);}catch{} }, locale);
await page.goto(base+path,{waitUntil:'load'}); await page.waitForTimeout(+(process.env.W||1500));
for (const c of clicks.split('|').filter(Boolean)) { await page.locator(c).first().click(); await page.waitForTimeout(700); }
await page.screenshot({path:out}); await browser.close();
