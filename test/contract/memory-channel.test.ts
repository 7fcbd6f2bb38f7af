import { memoryService } from '../support/memory-channel.ts'
import { channelContract } from './channel.ts'

channelContract('The service in memory', memoryService)
