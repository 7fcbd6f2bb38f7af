/** A newcomer whose first command fails must read what happened and what to do, not npm's log. */
import { expect, test } from 'vitest'
import { explainNpm, LockMismatch } from '../../../scripts/bootstrap/failure.mjs'

test.each([
  ['npm error code ENOSPC\nnpm error syscall write', 'disk is full'],
  ['npm error code ENOTFOUND\nnpm error network request to the registry failed', 'could not reach'],
  ['npm error code EAI_AGAIN', 'could not reach'],
  ['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
  ['npm error code E401', 'refused'],
  ['npm error code ETARGET\nnpm error notarget No matching version', 'does not have a package'],
  ['npm error code EACCES\nnpm error path /home/u/.npm', 'may not write'],
  ['npm error code EINTEGRITY', 'damaged'],
])('%s is told plainly', (output, sentence) => {
  const failure = explainNpm(output)
  expect(failure.message).toContain(sentence)
  expect(failure.remedy).not.toBe('')
})

test('a lock that does not fit is told apart, because npm install can mend it', () => {
  expect(explainNpm('npm error code EUSAGE\nnpm error `npm ci` can only install …')).toBeInstanceOf(LockMismatch)
})

test('what nobody foresaw is shown in npm’s own words, without the pointer to its log', () => {
  const { message } = explainNpm(
    'npm error weird\n\nnpm error A complete log of this run can be found in: x-debug-0.log\n',
  )
  expect(message).toBe('npm failed:\nnpm error weird')
})
