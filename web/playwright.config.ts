import { defineConfig } from '@playwright/test';
import type { HostOptions } from './e2e/harness/fixtures';

const chromium = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

export default defineConfig<HostOptions>({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './e2e/harness/globalSetup.ts',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['./scripts/playwright-summary.mjs']],
  use: {
    viewport: { width: 1280, height: 900 },
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: chromium,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'plain', testDir: 'e2e/widget', use: { host: 'plain' } },
    { name: 'strict', testDir: 'e2e/widget', use: { host: 'strict' } },
    { name: 'pages', testDir: 'e2e/pages' },
  ],
});
