import fc from 'fast-check'
import { expect, test } from 'vitest'
import { telegramHtml } from '../../../../src/server/channels/telegram/html.ts'
import { runs } from '../../../support/runs.ts'
import { visibleText } from '../../../support/telegram/visible.ts'

test.each([
  ['**bold** and *it* and ~~gone~~', '<b>bold</b> and <i>it</i> and <s>gone</s>'],
  ['a < b && c > d', 'a &lt; b &amp;&amp; c &gt; d'],
  ['<b>not mine</b>', '&lt;b&gt;not mine&lt;/b&gt;'],
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['`x < y`', '<code>x &lt; y</code>'],
  ['```ts\nconst a = 1 < 2\n```', '<pre><code class="language-ts">const a = 1 &lt; 2</code></pre>'],
  ['```\nplain\n```', '<pre>plain</pre>'],
  ['# Title\n\ntext', '<b>Title</b>\n\ntext'],
  ['- one\n- two\n  - deep', '• one\n• two\n  • deep'],
  ['3. three\n4. four', '3. three\n4. four'],
  ['- [x] done\n- [ ] open', '• ☑ done\n• ☐ open'],
  ['> quoted\n> more', '<blockquote>quoted\nmore</blockquote>'],
  ['[site](https://example.com/?a=1&b="2")', '<a href="https://example.com/?a=1&amp;b=&quot;2&quot;">site</a>'],
  ['[evil](javascript:alert(1))', 'evil (javascript:alert(1))'],
  ['[tg](tg://user?id=1)', 'tg (tg://user?id=1)'],
  ['| a | b |\n| - | - |\n| 1 | 2 |', '<pre>| a | b |\n| - | - |\n| 1 | 2 |</pre>'],
  ['日本語 **太字** です', '日本語 <b>太字</b> です'],
  ['AT&amp;T &lt;3', 'AT&amp;T &lt;3'],
])('%j is written as Telegram wants it', (markdown, html) => {
  expect(telegramHtml(markdown)).toBe(html)
})

test('whatever a model writes, also cut off anywhere, is HTML that Telegram takes', () => {
  const piece = fc.constantFrom(
    '**',
    '*',
    '_',
    '`',
    '```\n',
    '<b>',
    '</b>',
    '&',
    '[',
    '](',
    ')',
    '\n\n',
    '- ',
    '> ',
    '# ',
    '|',
    'word ',
    '~~',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 30 }), (pieces) => {
      expect(typeof visibleText(telegramHtml(pieces.join('')), 'HTML')).toBe('string')
    }),
    { numRuns: runs(300) },
  )
})
