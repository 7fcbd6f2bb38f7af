/** Texts of any characters at all, for properties. */
import fc from 'fast-check'

const surrogates = { from: 0xd800, count: 0x800 }
const characters = 0x11_0000 - surrogates.count

/** As fast-check's unit `binary`, which first puts all 1.1 million of them into a map: a second and 120 MB in each process. */
export const character = fc.nat({ max: characters - 1 }).map(
  (index) => String.fromCodePoint(index < surrogates.from ? index : index + surrogates.count),
  (text) => {
    const code = typeof text === 'string' ? text.codePointAt(0) : undefined
    if (code === undefined || text !== String.fromCodePoint(code)) throw new Error('not one character')
    if (code >= surrogates.from && code < surrogates.from + surrogates.count) throw new Error('half a character')
    return code < surrogates.from ? code : code - surrogates.count
  },
)

export const anyText = (constraints: { maxLength?: number } = {}) => fc.string({ unit: character, ...constraints })
