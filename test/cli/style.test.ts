import { expect, test } from 'vitest'
import { columns } from '../../src/cli/style.ts'

test('columns stand below each other also where a name is Japanese, and what could move the cursor is written out', () => {
  expect(
    columns(
      ['Profile', 'Ways'],
      [
        ['東京のサーバー', 'ssh tokyo'],
        ['か\u3099ぎ ｱ 🚀', 'ssh key'],
        ['vps\x1b[2J', 'ssh vps'],
      ],
    ),
  ).toBe('Profile         Ways\n東京のサーバー  ssh tokyo\nか\u3099ぎ ｱ 🚀       ssh key\nvps\\x1b[2J      ssh vps\n')
})
