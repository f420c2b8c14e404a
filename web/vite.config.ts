/// <reference types="vitest/config" />
import { fileURLToPath, URL } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import optimizeLocales from '@react-aria/optimize-locales-plugin'
import { defineConfig } from 'vite'

// React Aria ships its screen-reader texts in thirty languages; only the product's eight are kept.
const locales = ['en-US', 'ar-AE', 'ru-RU', 'fr-FR', 'zh-CN', 'zh-TW', 'es-ES', 'pt-BR']

// Of the libraries and shared folders, what only one page or a late part needs: it stays out of the first load.
const onePage = /qrcode\.react|ar\.json|CommandPalette|HelpSheet|features\/template\/draft|composer\/build\/(?!kinds|limits|PlusMenu)/

export default defineConfig({
  plugins: [
    { ...optimizeLocales.vite({ locales }), enforce: 'pre' },
    react(),
    tailwindcss(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: 'dist',
    target: 'es2022',
    // A data: font or picture would need a wider Content-Security-Policy than the server sends.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // A few chunks instead of fifty: libraries change rarely, our shared parts often, each page is its own.
        codeSplitting: {
          groups: [
            { name: 'vendor', test: (id) => id.includes('node_modules') && !onePage.test(id), priority: 2 },
            { name: 'shared', test: (id) => /src\/(ui|features|api|live|actions|i18n)\//.test(id) && !onePage.test(id), priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': 'http://127.0.0.1:8080', '/webhooks': 'http://127.0.0.1:8080' },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test/setup.ts'],
  },
})
