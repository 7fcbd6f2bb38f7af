import { expect, test } from 'vitest'
import type { OnboardFacts, Trials, Tried } from '../../../src/client/onboard/facts.ts'
import type { Answers } from '../../../src/client/onboard/step.ts'
import { Secret } from '../../../src/shared/std/secret.ts'
import { checkBindings } from '../../../src/tui/input/bindings.ts'
import { WizardDesk } from '../../../src/tui/onboard/desk.ts'
import { wizardBindings } from '../../../src/tui/onboard/keymap.ts'
import { WizardPicture } from '../../../src/tui/onboard/picture.ts'
import { WizardScreen } from '../../../src/tui/onboard/start.tsx'
import type { ColorDepth, ThemeName } from '../../../src/tui/theme/tokens.ts'
import { factsWith } from '../../client/onboard/facts.ts'
import { expectFrame } from '../../support/frames.ts'
import { openScreen } from '../../support/screen.tsx'

type Options = {
  facts?: OnboardFacts
  columns?: number
  rows?: number
  colors?: [ThemeName, ColorDepth]
  /** What every trial says; waits for ever when absent. */
  result?: Tried
}

async function open({ facts = factsWith(), columns = 80, rows = 24, colors, result }: Options = {}) {
  const done: (Answers | undefined)[] = []
  const asked: string[] = []
  const answer = async (what: string): Promise<Tried> => {
    asked.push(what)
    return result ?? (await new Promise<Tried>(() => {}))
  }
  const trials: Trials = {
    model: async ({ provider, key }) => await answer(`${provider} ${key?.reveal()}`),
    telegram: async (token) => await answer(`telegram ${token?.reveal()}`),
    tailscale: async (mode) => await answer(mode),
  }
  const desk = new WizardDesk({ facts, trials, onDone: (answers) => void done.push(answers), redraw: () => {} })
  const picture = new WizardPicture(desk, { columns, rows })
  if (colors) picture.setColors(...colors)
  const screen = await openScreen(<WizardScreen picture={picture} />, { columns, rows, onEvents: desk.onEvents })
  screen.screen.on('size', () => picture.resize({ columns: screen.screen.columns, rows: screen.screen.rows }))
  return { ...screen, desk, picture, done, asked }
}

const models = ['gpt-4o-mini', 'gpt-5', ...Array.from({ length: 30 }, (_, i) => `gpt-x-${i}`)]
const works: Tried = { ok: true, note: 'works: 32 models', models }
const long = 'correct horse battery staple mauve'

test('the keys of the wizard are keys, each with one meaning', () => {
  expect(checkBindings(wizardBindings.filter(({ id }) => id !== 'redraw'))).toEqual([])
})

test.each([
  [80, 24],
  [120, 40],
  [40, 24],
])('as a person sees it, at %i×%i', async (columns, rows) => {
  const size = `${columns}x${rows}`
  const wizard = await open({ columns, rows, result: works })
  await expectFrame(wizard, `onboard-role-${size}`)
  await wizard.type('<enter><up><up><up><up><enter>')
  await wizard.send('sk-good')
  await wizard.type('<enter>')
  await expectFrame(wizard, `onboard-models-${size}`)
  await wizard.type('<enter><enter><down><enter>')
  await wizard.send('correct horse')
  await expectFrame(wizard, `onboard-password-${size}`)
  await wizard.send(' battery staple mauve')
  await wizard.type('<enter>')
  await wizard.send(long)
  await wizard.type('<enter>')
  await expectFrame(wizard, `onboard-exposure-${size}`)
  await wizard.type('<enter><enter><enter>')
  await expectFrame(wizard, `onboard-summary-${size}`)
  await wizard.resize({ columns: 44, rows: 14 })
  await wizard.until(/… [5-9] more: make the window higher/)
  expect(wizard.text()).toContain(' Write it   Go back')
  expect(wizard.text()).not.toContain(long)
  expect(wizard.asked).toEqual(['openai sk-good'])
  await wizard.type('<enter>')
  expect(wizard.done).toEqual([expect.objectContaining({ provider: 'openai', model: 'gpt-4o-mini', auth: 'password' })])
  expect(wizard.done[0]?.password).toEqual(new Secret(long))
})

test('a bad answer is explained at its field, what was written stays, and a hidden one is typed anew', async () => {
  const wizard = await open({ result: { ok: false, text: 'OpenAI refused the key (401)', remedy: 'Copy it again.' } })
  await wizard.type('<down><enter>a b c<enter>')
  expect(wizard.text()).toMatch(/› a b c\n\n {2}✗ a b c is not the name of a host/)
  await wizard.type('<shift+tab><up><enter><up><up><up><up><enter>sk-bad<enter>')
  expect(wizard.text()).toMatch(/›\n\n {2}✗ OpenAI refused the key \(401\)\n {2}Copy it again\./)
  await wizard.type('x')
  expect(wizard.text()).toMatch(/› •\n/)
  expect(wizard.text()).not.toContain('refused')
})

test('while something is tried it says so, and esc takes the answer back', async () => {
  const wizard = await open()
  await wizard.type('<enter><up><up><up><up><enter>sk-x<enter>')
  expect(wizard.text()).toContain('Trying it at the service…')
  await wizard.type('more<enter>')
  expect(wizard.asked).toEqual(['openai sk-x'])
  await wizard.type('<escape>')
  await wizard.until(/› ••••\n\n\n/)
  expect(wizard.text()).toContain('Key of the service')
  expect(wizard.text()).not.toContain('Trying')
})

test('back leads to what was chosen; ctrl+c twice leaves with nothing, once and another key does not', async () => {
  const wizard = await open({ result: works })
  await wizard.type('<enter><up><up><enter>')
  expect(wizard.desk.sheet.wizard.at).toBe('key')
  await wizard.type('<escape>')
  await wizard.until('› Anthropic')
  await wizard.type('<ctrl+c>')
  expect(wizard.text()).toContain('ctrl+c again leaves; nothing has been written')
  await wizard.type('<down><ctrl+c>')
  expect(wizard.done).toEqual([])
  await wizard.type('<ctrl+c>')
  expect(wizard.done).toEqual([undefined])
})

test('a long list is filtered by typing, and what matches nothing cannot be chosen', async () => {
  const wizard = await open({ result: works })
  await wizard.type('<enter><up><up><up><up><enter>sk<enter>x-1')
  expect(wizard.text()).toMatch(/› x-1\n {2}› gpt-x-1\n/)
  await wizard.type('zzz<enter>')
  expect(wizard.text()).toContain('None like that.')
  await wizard.type('<ctrl+u>x 29<enter>')
  expect(wizard.desk.sheet.wizard.answers.model).toBe('gpt-x-29')
})

test('Japanese is written, shown and wrapped whole; the cursor is behind it', async () => {
  const facts = factsWith({ can: { telegram: false } })
  const wizard = await open({ columns: 40, facts })
  await wizard.type('<enter><enter><enter><enter><enter><ctrl+u>')
  await wizard.send('こんにちは。きょうはなにをてつだってくれますか')
  expect(wizard.text()).toContain('をてつだってくれますか')
  expect(wizard.picture.get().cursor?.column).toBeLessThan(40)
  await wizard.type('<enter>')
  await expectFrame(wizard, 'onboard-japanese-40x24')
})

test('with NO_COLOR the choice is inverse and nothing else is lost; with colors the warning stands out', async () => {
  const grey = await open({ colors: ['none', 'none'] })
  const colored = await open({ colors: ['dark', 'truecolor'] })
  expect(grey.text()).toBe(colored.text())
  expect(grey.picture.get().lines.join('\n')).toMatch(/\[1;7m {2}› /)
  expect(grey.picture.get().lines.join('\n')).not.toMatch(/\[[\d;]*38;/)
  expect(colored.picture.get().lines.join('\n')).toMatch(/38;2;/)
})

test('in the lowest windows the answer and the keys are seen, whatever else gives way', async () => {
  for (const rows of [6, 8, 10]) {
    const wizard = await open({ columns: 40, rows })
    await wizard.type('<enter>')
    expect(wizard.text()).toContain('› The built-in guide')
    expect(wizard.text().split('\n').at(-1)).toContain('enter next')
  }
})
