/// <reference types="vitest/config" />
import { fileURLToPath, URL } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import optimizeLocales from '@react-aria/optimize-locales-plugin'
import { defineConfig } from 'vite'
import { worker } from './src/worker/plugin'

// React Aria ships its screen-reader texts in thirty languages; only the product's eight are kept.
const locales = ['en-US', 'ar-AE', 'ru-RU', 'fr-FR', 'zh-CN', 'zh-TW', 'es-ES', 'pt-BR']

/** What the chunking may ask about a module. */
interface Graph {
  getModuleInfo(id: string): { code: string | null; importedIds: readonly string[] } | null
}

/** Libraries whose index names everything they have: a module needs of them only what it takes by name. */
const indexes = /\/(react-aria-components\/dist\/exports\/index|lucide-react\/dist\/esm\/lucide-react)\.m?js$/

/** The modules behind the names that a source takes from an index. */
function taken(source: string, index: string, indexId: string): string[] {
  const library = /node_modules\/([\w-]+)\//.exec(indexId)?.[1] ?? ''
  const names = [...source.matchAll(new RegExp(`import\\s*{([^}]*)}\\s*from\\s*["']${library}["']`, 'g'))].flatMap((hit) => (hit[1] ?? '').split(',').map((name) => name.trim().split(' ')[0]))
  const lines = index.split('\n').filter((line) => names.some((name) => name && new RegExp(`\\b${name}\\b`).test(line)))
  return lines.flatMap((line) => /from ["'](\.[^"']+)["']/.exec(line)?.[1] ?? []).map((path) => fileURLToPath(new URL(path, `file://${indexId}`)))
}

/** Modules the page needs before its first sight: whatever `main.tsx` reaches without an `import()`. */
let first: Set<string> | undefined
function isFirst(id: string, graph: Graph): boolean {
  if (!first) {
    first = new Set()
    const queue = [fileURLToPath(new URL('./src/main.tsx', import.meta.url))]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (first.has(next)) continue
      first.add(next)
      const info = graph.getModuleInfo(next)
      for (const path of info?.importedIds ?? []) queue.push(...(indexes.test(path) ? taken(info?.code ?? '', graph.getModuleInfo(path)?.code ?? '', path) : [path]))
    }
  }
  return first.has(id)
}

export default defineConfig({
  plugins: [
    { ...optimizeLocales.vite({ locales }), enforce: 'pre' },
    react(),
    tailwindcss(),
    worker(),
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
        // A few chunks instead of fifty: libraries change rarely, our shared parts often, each page is its own. What the first sight does not need stays out of them.
        codeSplitting: {
          groups: [
            { name: (id, graph) => (id.includes('node_modules') ? (isFirst(id, graph) ? 'vendor' : 'vendor-late') : null), priority: 2 },
            { name: (id, graph) => (/src\/(ui|features|api|live|actions|i18n)\//.test(id) && isFirst(id, graph) ? 'shared' : null), priority: 1 },
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
