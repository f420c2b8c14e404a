// Runs before the first paint: the person's last language, theme and density, so that nothing flashes or jumps.
(function () {
  var root = document.documentElement
  var prefs = {}
  try {
    prefs = JSON.parse(localStorage.getItem('rapport.prefs') || '{}') || {}
  } catch (e) {
    prefs = {}
  }
  var parts = (prefs.locale || navigator.language || 'en').toLowerCase().split(/[-_]/)
  var lang = /^(ar|es|fr|pt|ru)$/.test(parts[0]) ? parts[0] : 'en'
  if (parts[0] === 'zh') lang = !parts.includes('hans') && parts.some(function (part) { return /^(hant|tw|hk|mo)$/.test(part) }) ? 'zh-Hant' : 'zh-Hans'
  root.lang = lang
  root.dir = lang === 'ar' ? 'rtl' : 'ltr'
  var theme = prefs.theme || 'system'
  var dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = dark ? 'dark' : 'light'
  root.dataset.density = prefs.density || 'comfortable'
  // The bar around the installed app follows a chosen theme; the names of its shortcuts follow the language.
  if (theme !== 'system') document.querySelectorAll('meta[name=theme-color]').forEach(function (meta) { meta.content = dark ? '#1a1918' : '#fbfaf8' })
  var manifest = document.querySelector('link[rel=manifest]')
  if (manifest && lang !== 'en') manifest.href = '/manifest.' + lang + '.webmanifest'
  // The browser offers to install once, early: kept for the button on the account page.
  addEventListener('beforeinstallprompt', function (event) {
    event.preventDefault()
    window.rapportInstall = event
    dispatchEvent(new Event('rapport.install'))
  })
})()
