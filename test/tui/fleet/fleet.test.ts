import { describe, expect, test } from 'vitest'
import { expectFrame } from '../../support/frames.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called, openUi, profileOf } from '../../support/ui.tsx'

const key = 'agent:main:main'

const approval = (id: string, now: number) => ({
  id,
  request: { command: `rm -rf ./${id}`, cwd: '/tmp', where: 'gateway' },
  createdAtMs: now,
  expiresAtMs: now + 600_000,
})

/** Three gateways: the one on screen and a warm one are there, a third is not connected to. */
async function three(options: { columns?: number; rows?: number } = {}) {
  const [script, warm, cold] = [scriptedGateway(), scriptedGateway({}, 'desktop'), scriptedGateway({}, '東京')]
  const screen = await arrived(script, {
    ...options,
    others: [
      { name: 'desktop', script: warm },
      { name: '東京', script: cold, isWarm: false },
    ],
  })
  warm.arrive()
  await screen.after()
  await screen.after(1_000)
  return { screen, script, warm, cold }
}

describe('a warm gateway', () => {
  test('is connected once the one on screen stands, and loads what it will show', async () => {
    const [script, warm] = [scriptedGateway(), scriptedGateway({}, 'desktop')]
    await using screen = await openUi(script, { others: [{ name: 'desktop', script: warm }] })
    expect(warm.gateway.view.phase).toBe('idle')
    script.arrive()
    expect(warm.gateway.view.phase).toBe('connecting')
    warm.arrive()
    await screen.after()
    expect(called(warm, 'chat.history')).toContainEqual({ sessionKey: key, limit: 200 })
  })

  test('is connected also when the one on screen takes for ever', async () => {
    const warm = scriptedGateway()
    await using screen = await openUi(scriptedGateway(), { others: [{ name: 'desktop', script: warm }] })
    await screen.after(1_500)
    expect(warm.gateway.view.phase).toBe('connecting')
  })

  test('costs no drawing while it talks, and shows what it said at once when one goes there', async () => {
    const { screen, warm } = await three()
    await using _ = screen
    screen.takeWrites()
    warm.say('run-9', 'said behind the scenes', 0)
    await screen.after()
    expect(screen.takeWrites()).toEqual([])
    await screen.type('<ctrl+g><enter>')
    expect(screen.text()).toContain('said behind the scenes')
    expect(screen.row(0)).toContain('desktop')
  })

  test('its ended replies are counted until one has been there', async () => {
    const { screen, warm } = await three()
    await using _ = screen
    for (const run of ['run-8', 'run-9']) {
      warm.say(run, 'news', 0)
      warm.finish(run)
    }
    await screen.after()
    expect(screen.row(1)).toContain('● desktop 2 new')
    await screen.type('/use desktop<enter>')
    expect(screen.row(1)).toMatch(/^● vps-1 {2}● desktop +ctrl\+g$/)
    await screen.type('/use -<enter>')
    expect(screen.row(1)).not.toContain('new')
  })

  test('whose connection is lost says so in the bar', async () => {
    const { screen, warm } = await three()
    await using _ = screen
    warm.lose(screen.clock.now() + 1_000)
    await screen.after()
    expect(screen.row(1)).toContain('◌ desktop')
  })
})

describe('going there and back', () => {
  test('draft, place in the conversation, open session and history of each stay', async () => {
    const { screen, script } = await three()
    await using _ = screen
    script.say('r1', Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n\n'), 0)
    await screen.after()
    script.finish('r1')
    await screen.after()
    await screen.type('half a thought<pageup><pageup>')
    const before = screen.text()
    await screen.type('<ctrl+x>-')
    expect(screen.text()).toContain('There is no gateway before this one yet.')
    await screen.after(10_000)
    await screen.type('<ctrl+g><enter>')
    expect(screen.row(0)).toContain('desktop')
    expect(screen.text()).not.toContain('half a thought')
    await screen.type('another thought<ctrl+x>-')
    expect(screen.text()).toBe(before)
    await screen.type('<ctrl+x>-')
    expect(screen.text()).toContain('› another thought')
  })

  test('after a resize the other gateway has the new size too', async () => {
    const { screen } = await three()
    await using _ = screen
    await screen.resize({ columns: 57, rows: 20 })
    await screen.after(100)
    await screen.type('<ctrl+g><enter>')
    expect(screen.text().split('\n')).toHaveLength(20)
    expect(screen.row(19)).toMatch(/help$/)
  })

  test('a dead one never holds up a key: it is on screen, written to, and left again', async () => {
    const { screen, cold } = await three()
    await using _ = screen
    await screen.type('/use 東京<enter>')
    expect(cold.gateway.view.phase).toBe('connecting')
    expect(screen.row(0)).toContain('東京 · connecting')
    await screen.type('hello<enter>')
    expect(screen.text()).toContain('not sent yet')
    await screen.type('<ctrl+x>-')
    expect(screen.row(0)).toContain('vps-1 · connected')
  })

  test('connections nobody asked to keep are given up two gateways later, the warm ones and the last one stay', async () => {
    const far = scriptedGateway()
    const [script, cold] = [scriptedGateway(), scriptedGateway()]
    await using screen = await arrived(script, {
      others: [
        { name: 'cold', script: cold, isWarm: false },
        { name: 'far', script: far, isWarm: false },
      ],
    })
    await screen.type('/use cold<enter>')
    cold.arrive()
    await screen.type('/use far<enter>')
    expect(cold.gateway.view.phase).toBe('live')
    await screen.type('/use vps-1<enter>')
    expect([cold, far, script].map(({ gateway }) => gateway.view.phase)).toEqual(['idle', 'connecting', 'live'])
  })
})

describe('a command asks for permission on another gateway', () => {
  test('one key goes to the one that has waited longest, anywhere', async () => {
    const { screen, script, warm } = await three()
    await using _ = screen
    warm.tell('exec.approval.requested', approval('theirs', screen.clock.now()))
    await screen.after(1_000)
    expect(screen.row(1)).toContain('● desktop 1 asks')
    expect(screen.text()).toContain('desktop asks for permission: rm -rf ./theirs')
    script.tell('exec.approval.requested', approval('ours', screen.clock.now()))
    await screen.after(1_000)
    expect(screen.text()).toContain('$ rm -rf ./ours')
    await screen.type('<ctrl+x>a')
    expect(screen.text()).toContain('$ rm -rf ./theirs')
    await screen.after(1_000)
    await screen.type('o')
    await screen.after(800)
    expect(called(warm, 'exec.approval.resolve')).toEqual([{ id: 'theirs', decision: 'allow-once' }])
    expect(called(script, 'exec.approval.resolve')).toEqual([])
  })

  test('and one can leave it there: the switcher opens over it, and enter answers nothing', async () => {
    const { screen, script } = await three()
    await using _ = screen
    script.tell('exec.approval.requested', approval('ours', screen.clock.now()))
    await screen.after(1_000)
    await screen.type('<ctrl+g><enter>')
    expect(screen.row(0)).toContain('desktop')
    expect(screen.row(1)).toContain('vps-1 1 asks')
    expect(called(script, 'exec.approval.resolve')).toEqual([])
  })

  test('in a low window the bar comes only for that', async () => {
    const { screen, warm } = await three({ columns: 40, rows: 10 })
    await using _ = screen
    expect(screen.text()).not.toContain('desktop')
    warm.tell('exec.approval.requested', approval('theirs', screen.clock.now()))
    await screen.after(20_000)
    await expectFrame(screen, 'gateway-bar-40x10')
  })

  test('out of sight it rings with the name of the gateway', async () => {
    const { screen, warm } = await three()
    await using _ = screen
    await screen.send('\x1b[O')
    warm.tell('exec.approval.requested', approval('theirs', screen.clock.now()))
    await screen.after()
    expect(screen.done).toEqual(['notified desktop asks for permission: rm -rf ./theirs'])
  })
})

describe('the switcher', () => {
  test.each([
    { columns: 80, rows: 24 },
    { columns: 40, rows: 10 },
  ])('at $columns×$rows', async (size) => {
    const { screen, warm, cold } = await three(size)
    await using _ = screen
    await screen.type('/use 東京<enter>')
    cold.lose(screen.clock.now() + 5_000)
    warm.finish('run-9')
    await screen.after()
    await screen.type('<ctrl+g>')
    await expectFrame(screen, `gateways-${size.columns}x${size.rows}`)
  })

  test('finds by a few letters; enter alone goes back and forth; a dash is the one before', async () => {
    const { screen } = await three()
    await using _ = screen
    const here = () => screen.row(0).split(' ')[0]
    await screen.type('<ctrl+g>dsk<enter>')
    expect(here()).toBe('desktop')
    await screen.type('<ctrl+g><enter>')
    expect(here()).toBe('vps-1')
    await screen.type('<ctrl+g>-<enter>')
    expect(here()).toBe('desktop')
    await screen.type('/use nowhere<enter>')
    expect(screen.text()).toContain('No gateway like that.')
  })
})

describe('the saved profiles change while the screen is open', () => {
  test('one that came is offered, one that went is given up, the one on screen stays', async () => {
    const [script, warm] = [scriptedGateway(), scriptedGateway({}, 'desktop')]
    await using screen = await arrived(script, {
      others: [
        { name: 'desktop', script: warm },
        { name: 'new', isWarm: false, script: scriptedGateway({}, 'new') },
      ],
    })
    warm.arrive()
    screen.saved.profiles = [profileOf({ name: 'desktop' })]
    await screen.type('<ctrl+g>')
    await screen.after()
    expect(screen.text()).toMatch(/desktop .*\n● vps-1/)
    screen.saved.profiles = [profileOf({ name: 'new', isWarm: false })]
    await screen.type('<esc>')
    await screen.after(100)
    await screen.type('<ctrl+g>')
    await screen.after()
    expect(screen.text()).toMatch(/○ new .*\n● vps-1/)
    expect(warm.gateway.view.phase).toBe('idle')
    await screen.type('<enter>')
    expect(screen.row(0)).toContain('new · connecting')
  })
})

test('with several gateways, idle, nothing is written and no timer runs', async () => {
  const { screen } = await three()
  await using _ = screen
  await screen.after(2_000)
  screen.takeWrites()
  for (let minute = 0; minute < 10; minute++) await screen.after(60_000)
  expect(screen.takeWrites()).toEqual([])
  expect(screen.clock.waiting).toBe(0)
})
