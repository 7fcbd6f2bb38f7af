/** What a token of a Telegram bot looks like. Pure. */

/** As @BotFather gives them out: the number of the bot, a colon, 35 characters. Stand-ins are less strict. */
const shape = /^[0-9]{1,20}:[A-Za-z0-9_-]{1,128}$/

export function looksLikeToken(text: string): boolean {
  return shape.test(text)
}
