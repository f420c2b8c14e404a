// Runs before the first paint: the person's last language, theme and density, so that nothing flashes or jumps.
(function () {
  var root = document.documentElement
  var prefs = {}
  try {
    prefs = JSON.parse(localStorage.getItem('rapport.prefs') || '{}') || {}
  } catch (e) {
    prefs = {}
  }
  var lang = prefs.locale || (navigator.language || 'en').slice(0, 2)
  if (lang !== 'ar') lang = 'en'
  root.lang = lang
  root.dir = lang === 'ar' ? 'rtl' : 'ltr'
  var theme = prefs.theme || 'system'
  var dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = dark ? 'dark' : 'light'
  root.dataset.density = prefs.density || 'comfortable'
})()
