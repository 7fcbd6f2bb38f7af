import { channelContract } from '../../../contract/channel.ts'
import { telegramService } from '../../../support/telegram/service.ts'

channelContract('Telegram', telegramService)
