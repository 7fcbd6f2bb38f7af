import { expect, test } from 'vitest'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived } from '../../support/ui.tsx'

async function running() {
  const script = scriptedGateway()
  const ui = await arrived(script)
  await ui.type('hello<enter>')
  await ui.after()
  return { script, ui }
}

test('a run without words keeps its sign moving and its seconds counted', async () => {
  const { script, ui } = await running()
  await using _ = ui
  script.say('run-1', 'One', 0)
  await ui.after()
  const seen = new Set<string>()
  for (let tick = 0; tick < 10; tick++) {
    await ui.after(125)
    seen.add(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/.exec(ui.text())?.[0] ?? 'none')
  }
  expect(seen.size).toBeGreaterThan(5)
})

test('words that stream in bring the sign along: nothing is composed for it alone', async () => {
  const { script, ui } = await running()
  await using _ = ui
  let composed = 0
  let last = ui.ui.picture.frame
  const end = ui.ui.picture.status.subscribe(() => {
    if (ui.ui.picture.frame !== last) composed += 1
    last = ui.ui.picture.frame
  })
  for (let frame = 0; frame < 20; frame++) {
    script.say('run-1', 'word ', frame * 5)
    await ui.after(40)
  }
  end()
  expect(composed).toBeLessThanOrEqual(20)
  expect(ui.text()).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] writing/)
})
