import { describe, expect, test } from 'vitest'
import { expectFrame } from '../../support/frames.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, openUi } from '../../support/ui.tsx'

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
]
const signal = () => new AbortController().signal

const hostKey = {
  kind: 'host-key',
  host: '[vps.example]:2222',
  keyType: 'ssh-ed25519',
  fingerprint: 'SHA256:7v3hC8Vn0m1zQKq6bXq2y3rZ5sT8uW1xA4cE6fG9hJk',
  knownHostsPath: '/home/me/.ssh/known_hosts',
} as const

describe.each(sizes)('at $columns×$rows', (size) => {
  const name = (what: string) => `${what}-${size.columns}x${size.rows}`

  test('TU1: an unknown server shows the whole fingerprint, and no is marked', async () => {
    await using screen = await openUi(scriptedGateway(), size)
    const answer = screen.prompts().trustHost(hostKey, signal())
    await screen.after(1_000)
    await expectFrame(screen, name('host-key'))
    expect(screen.text().replace(/\s+/g, '')).toContain(hostKey.fingerprint)
    await screen.type('<enter>')
    expect(await answer).toBe(false)
  })

  test('TU15: a passphrase shows as dots, and no state holds it', async () => {
    await using screen = await openUi(scriptedGateway(), size)
    const answer = screen
      .prompts()
      .passphrase({ kind: 'passphrase', keyPath: '/home/me/.ssh/id', attempt: 2 }, signal())
    await screen.after(1_000)
    await screen.type('open sesame')
    await expectFrame(screen, name('passphrase'))
    expect(JSON.stringify(screen.ui.store.get())).not.toContain('sesame')
    await screen.type('<enter>')
    expect((await answer)?.reveal()).toBe('open sesame')
    expect(screen.text()).not.toContain('•')
  })

  test('a pairing code is shown as it is typed, below what the other side compares', async () => {
    await using screen = await openUi(scriptedGateway(), size)
    const question = { kind: 'pair-code', fingerprint: '3f9a-01c2-77de-b410', attempt: 2 } as const
    const answer = screen.prompts().pairCode(question, signal())
    await screen.after(1_000)
    await screen.type('k7qf-3m9x')
    await expectFrame(screen, name('pair-code'))
    await screen.type('<enter>')
    expect((await answer)?.reveal()).toBe('k7qf-3m9x')
    const declined = screen.prompts().pairCode(question, signal())
    await screen.after(1_000)
    await screen.type('<enter>')
    expect(await declined).toBeUndefined()
  })

  test('TU16: what a server asks is escaped, each field in its turn', async () => {
    await using screen = await openUi(scriptedGateway(), size)
    const answers = screen.prompts().answers(
      {
        kind: 'server',
        account: 'me@vps',
        title: 'Two-factor \x1b[2J login',
        instructions: 'Look at your phone.\n番号を入力してください。',
        prompts: [
          { text: 'Password: ', isEchoed: false },
          { text: 'Code\u202e: ', isEchoed: true },
        ],
      },
      signal(),
    )
    await screen.after(1_000)
    await screen.type('geheim<enter>123456')
    await expectFrame(screen, name('server-question'))
    await screen.type('<enter>')
    expect((await answers)?.map((secret) => secret.reveal())).toEqual(['geheim', '123456'])
  })
})

describe.each([
  { columns: 80, rows: 24 },
  { columns: 50, rows: 15 },
])('at $columns×$rows', (size) => {
  test('TU1: over the connection screen it is asked too, and that screen is back with the answer', async () => {
    await using screen = await openUi(scriptedGateway(), size)
    await screen.type('<ctrl+x>n')
    const answer = screen.prompts().trustHost(hostKey, signal())
    await screen.after(1_000)
    await expectFrame(screen, `host-key-connection-${size.columns}x${size.rows}`)
    await screen.type('y')
    await screen.after(800)
    expect(await answer).toBe(true)
    await screen.after()
    expect(screen.text()).toContain('── Connection to vps-1 ─')
    expect(screen.text()).toContain('esc close')
  })
})

test('under the list of gateways or profiles it is said how to get to it', async () => {
  await using screen = await openUi(scriptedGateway())
  await screen.type('<ctrl+x>g')
  const answer = screen.prompts().trustHost(hostKey, signal())
  await screen.after(1_000)
  expect(screen.text()).toContain('waits for your answer · esc shows it')
  await screen.type('<esc>')
  await screen.after(100)
  expect(screen.text()).toContain('Is this the right server?')
  expect(screen.text()).not.toContain('shows it')
  await screen.type('n')
  await screen.after(800)
  expect(await answer).toBe(false)
})

test('keys typed as it came still go to the composer; after a pause they answer, and a y is needed for yes', async () => {
  await using screen = await openUi(scriptedGateway())
  await screen.type('I sa')
  const answer = screen.prompts().trustHost(hostKey, signal())
  await screen.type('y')
  expect(screen.text()).toContain('› I say')
  await screen.after(800)
  await screen.paste('y\n')
  await screen.send('yes\r')
  await screen.after(100)
  expect(screen.text()).toContain('Is this the right server?')
  await screen.after(800)
  await screen.type('y')
  await screen.after(800)
  expect(await answer).toBe(true)
})

test('nobody trusts a server or refuses it by writing', async () => {
  await using screen = await openUi(scriptedGateway())
  let decided: boolean | undefined
  void screen
    .prompts()
    .trustHost(hostKey, signal())
    .then((isTrusted) => {
      decided = isTrusted
    })
  await screen.after(2_000)
  for (const letter of 'yes') {
    await screen.type(letter)
    await screen.after(300)
  }
  await screen.after(2_000)
  expect(decided).toBe(undefined)
  expect(screen.text()).toContain('› yes')
})

test('escape declines; nothing of what was typed is left for the next question', async () => {
  await using screen = await openUi(scriptedGateway())
  const first = screen.prompts().password({ kind: 'password', account: 'me@vps', attempt: 1 }, signal())
  await screen.after(800)
  await screen.type('secret<esc>')
  await screen.after(100)
  expect(await first).toBeUndefined()
  const second = screen.prompts().password({ kind: 'password', account: 'me@vps', attempt: 2 }, signal())
  await screen.after(800)
  expect(screen.text()).toContain('That was not it. Try 2 of 3.')
  await screen.paste('from a manager \n')
  await screen.type('<enter>')
  expect((await second)?.reveal()).toBe('from a manager ')
})

test('two at once are asked one after the other; one that is not needed any more leaves', async () => {
  await using screen = await openUi(scriptedGateway())
  const end = new AbortController()
  const first = screen.prompts().gatewaySecret({ kind: 'gateway-secret', profile: 'vps', secret: 'token' }, end.signal)
  const second = screen.prompts().trustHost(hostKey, signal())
  await screen.after(800)
  expect(screen.text()).toContain('1 of 2')
  end.abort(new Error('given up'))
  await expect(first).rejects.toThrow('given up')
  await screen.after(800)
  expect(screen.text()).toContain('Is this the right server?')
  await screen.type('<tab><enter>')
  expect(await second).toBe(true)
})

test('another gateway that needs an answer says so, and one key goes there', async () => {
  const warm = scriptedGateway({}, 'desktop')
  await using screen = await arrived(scriptedGateway(), { others: [{ name: 'desktop', script: warm }] })
  const answer = screen.prompts('desktop').password({ kind: 'password', account: 'me@desktop', attempt: 1 }, signal())
  await screen.after()
  expect(screen.row(1)).toContain('desktop needs you')
  expect(screen.text()).not.toContain('me@desktop')
  await screen.type('<ctrl+x>a')
  await screen.after(800)
  await screen.type('pw<enter>')
  expect((await answer)?.reveal()).toBe('pw')
  await screen.after()
  expect(screen.row(1)).not.toContain('needs you')
})

const asking = (attempt: number) => ({ kind: 'passphrase', keyPath: '/home/me/.ssh/id', attempt }) as const

test('TU15: what is typed while a passphrase is being checked is the next try, and never a message', async () => {
  const gateway = scriptedGateway()
  await using screen = await openUi(gateway)
  const first = screen.prompts().passphrase(asking(1), signal())
  await screen.after(800)
  await screen.type('wrong<enter>')
  expect((await first)?.reveal()).toBe('wrong')
  await screen.type('open ses')
  expect(screen.text()).toContain('Your answer is being checked…')
  await screen.type('<enter>')
  const second = screen.prompts().passphrase(asking(2), signal())
  await screen.type('ame')
  expect(screen.text()).toContain('Try 2 of 3')
  expect(screen.text()).not.toContain('ame')
  await screen.type('<enter>')
  expect((await second)?.reveal()).toBe('open sesame')
  expect(JSON.stringify(screen.ui.store.get())).not.toContain('sesame')
  gateway.become({ phase: 'live' })
  await screen.type('hello')
  expect(screen.text()).toContain('› hello')
})

test('escape leaves what is being checked, and a question of yes or no that follows hears nothing typed early', async () => {
  await using screen = await openUi(scriptedGateway())
  const first = screen.prompts().passphrase(asking(1), signal())
  await screen.after(800)
  await screen.type('open sesame<enter>')
  await first
  await screen.type('y')
  const trusted = screen.prompts().trustHost(hostKey, signal())
  await screen.type('y')
  expect(screen.text()).toContain('Is this the right server?')
  await screen.after(800)
  await screen.type('n')
  await screen.after(800)
  expect(await trusted).toBe(false)
  const again = screen.prompts().passphrase(asking(1), signal())
  await screen.after(800)
  await screen.type('x<enter>')
  await again
  await screen.type('<esc>')
  await screen.after(100)
  expect(screen.text()).not.toContain('is being checked')
})
