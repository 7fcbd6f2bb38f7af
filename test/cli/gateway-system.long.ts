/** `gateway install --system` as root does it, for another account, where `/etc` and `systemctl` are the test's own. Needs root, as in CI. */

import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { programsFor } from '../support/nobody.ts'
import { compiledOnce, requireProgram } from '../support/programs.ts'

const run = promisify(execFile)
const nobody = 65_534
const { node, built } = programsFor({ uid: nobody, gid: nobody })

/** Stands in for systemd: it runs what the unit says, as the account the unit names, and forgets nothing it was asked. */
const systemctl = `#!/bin/sh
folder=$(dirname "$0")
echo "$*" >> "$folder/asked"
unit=$(ls /etc/systemd/system/*.service 2>/dev/null | head -n 1)
pid=$(cat "$folder/pid" 2>/dev/null)
end() { [ -z "$pid" ] || { kill "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done; rm "$folder/pid"; }; }
begin() {
  account=$(sed -n 's/^User=//p' "$unit")
  env=$(sed -n 's/^Environment=//p' "$unit" | tr '\\n' ' ')
  line=$(sed -n 's/^ExecStart=//p' "$unit")
  setsid setpriv --reuid="$account" --regid=nogroup --clear-groups env -i "HOME=$(getent passwd "$account" | cut -d: -f6)" \\
    PATH=/usr/bin:/bin INVOCATION_ID=test sh -c "exec env $env $line" > "$folder/journal" 2>&1 < /dev/null &
  echo $! > "$folder/pid"
}
case "$1,$(id -u)" in
  start,0 | stop,0 | restart,0 | *running,* | show,*) ;;
  start,* | stop,* | restart,*) echo "Failed to $1 $2: Interactive authentication required." >&2; exit 1 ;;
esac
case "$1" in
  is-system-running) echo running ;;
  restart) end; begin ;;
  start) [ -n "$pid" ] || begin ;;
  stop) end ;;
  disable) end ;;
  show)
    if [ -n "$pid" ]; then state='ActiveState=active SubState=running'; else state='ActiveState=inactive SubState=dead'; fi
    printf '%s\\n' $state "MainPID=\${pid:-0}" UnitFileState=enabled Result=success NRestarts=0 ;;
esac
`

test('root makes it a service of the machine that runs as somebody else; it obeys, shows both, and is gone', async () => {
  await using outer = await Home.make()
  const home = join(outer.dir, 'ann 日本')
  const state = join(home, '.clawdbot')
  const units = join(outer.dir, 'units')
  const bin = join(outer.dir, 'bin')
  for (const folder of [home, state, units, bin]) await mkdir(folder, { mode: 0o755 })
  await chmod(outer.dir, 0o755)
  const port = await freePort()
  await writeFile(join(state, 'clawdbot.json'), JSON.stringify({ gateway: { port } }), { mode: 0o600 })
  for (const path of [home, state, join(state, 'clawdbot.json')]) await chown(path, nobody, nobody)
  await chmod(state, 0o700)
  const passwd = (await readFile('/etc/passwd', 'utf8')).replace(/^nobody:.*\n/m, '')
  await writeFile(join(outer.dir, 'passwd'), `${passwd}ann:x:${nobody}:${nobody}::${home}:/bin/sh\n`)
  await writeFile(join(bin, 'systemctl'), systemctl, { mode: 0o755 })
  const env = { ...compiledOnce, PATH: `${bin}:/usr/bin:/bin:/usr/sbin`, HOME: outer.dir, SUDO_USER: 'ann' }
  const inside = async (...words: string[]) => {
    const mounts = 'mount --bind "$0/units" /etc/systemd/system && mount --bind "$0/passwd" /etc/passwd && exec "$@"'
    const line = ['-m', '--propagation', 'private', 'sh', '-c', mounts, outer.dir, ...words]
    return await run('unshare', line, { env }).then(
      ({ stdout, stderr }) => ({ code: 0, out: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code, out: `${stdout}${stderr}` }),
    )
  }
  const gateway = (...words: string[]) => inside(node, built('clawdbot'), 'gateway', ...words)
  const asked = async () => (await readFile(join(bin, 'asked'), 'utf8')).trimEnd().split('\n')

  try {
    const installed = await gateway('install', '--system', '--yes') // as the account that called sudo
    expect(installed.out).toMatch(/ {2}As: +ann\n[\s\S]*✅ Installed: (.*)\n[\s\S]*✅ Running \(process \d+\)/)
    expect(installed.code).toBe(0)
    expect((await asked()).filter((line) => !/^(is-system-running|show)/.test(line))).toEqual([
      'daemon-reload',
      expect.stringMatching(/^enable clawdbot-gateway\S*\.service$/),
      expect.stringMatching(/^restart clawdbot-gateway\S*\.service$/),
    ])
    const path = /✅ Installed: \/etc\/systemd\/system\/(.*)/.exec(installed.out)?.[1] ?? ''
    const unit = join(units, path)
    expect((await stat(unit)).mode & 0o777).toBe(0o644)
    const text = await readFile(unit, 'utf8')
    for (const line of ['User=ann', 'Restart=on-failure', 'RestartSec=5s', 'WantedBy=multi-user.target']) {
      expect(text.split('\n')).toContain(line)
    }
    expect(text).toContain(`\nEnvironmentFile=-${state}/gateway.env\n`)
    const pid = Number(await readFile(join(bin, 'pid'), 'utf8'))
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t65534\t65534\t/m)
    expect(
      (await inside(requireProgram('systemd-analyze'), 'verify', '--man=no', `/etc/systemd/system/${path}`)).out,
    ).toBe('')
    const security = ['security', '--offline=true', '--no-pager', `/etc/systemd/system/${path}`]
    const { out: rated } = await inside(requireProgram('systemd-analyze'), ...security)
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(rated)?.[1])).toBeLessThanOrEqual(4)

    // The account itself asks how it is; nobody doubles what runs.
    const ann = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', 'env', `HOME=${home}`]
    const its = async (...words: string[]) => inside(...ann, node, built('clawdbot'), 'gateway', ...words)
    expect(JSON.parse((await its('status', '--json')).out)).toMatchObject({
      ...{ running: true, pid, port, startedBy: 'service' },
      service: { scope: 'system', phase: 'running', isEnabled: true, pid },
    })
    expect((await gateway('install', '--system', '--yes')).out).toContain('✅ Installed already')
    const second = await its('install', '--yes')
    expect(second.out).toContain('This gateway is a service already: /etc/systemd/system/')
    expect(second.code).toBe(2)
    expect((await its('uninstall')).out).toContain("Services of the whole system are root's to change\n")
    expect(Number(await readFile(join(bin, 'pid'), 'utf8'))).toBe(pid) // nothing of this ended it

    // To start and end it is root's too, in the words that are told.
    const unitName = path.replace(/\.service$/, '')
    for (const action of ['stop', 'restart']) {
      const { code, out } = await its(action)
      expect({ code, out }).toEqual({
        code: 2,
        out: expect.stringContaining(`Run: sudo systemctl ${action} ${unitName}.service\n`),
      })
    }
    await inside(join(bin, 'systemctl'), 'stop', `${unitName}.service`)
    expect(JSON.parse((await its('status', '--json')).out)).toMatchObject({
      running: false,
      service: { phase: 'stopped' },
    })
    expect((await its('start')).out).toContain(`Run: sudo systemctl start ${unitName}.service\n`)
    await inside(join(bin, 'systemctl'), 'start', `${unitName}.service`)
    await expect
      .poll(async () => JSON.parse((await its('status', '--json')).out), { timeout: 20_000 })
      .toMatchObject({ running: true, port, service: { phase: 'running' } })

    expect((await gateway('uninstall')).out).toContain('✅ The gateway is no service here') // root has none of its own
    expect((await gateway('uninstall', '--system')).out).toContain(
      `✅ Removed /etc/systemd/system/${path}; what is in ${state}`,
    )
    expect(await readdir(units)).toEqual([])
    expect(JSON.parse((await its('status', '--json')).out)).toMatchObject({ running: false, service: null })
  } finally {
    await inside(join(bin, 'systemctl'), 'stop')
  }
}, 120_000)
