/** The one way a tool is run, whoever asks: check the call, check the policy, run, and always answer (requirement EX9). */

import type * as z from 'zod'
import { errorText, Fault } from '../../shared/fault.ts'
import type { ToolCallPart } from '../../shared/model/message.ts'
import { readAs } from '../../shared/std/read-as.ts'
import { didYouMean } from '../../shared/std/text.ts'
import type { ToolSpec } from '../providers/provider.ts'
import { type Tool, type ToolContext, type ToolOutcome, textOutcome, toolSpec } from './tool.ts'

type ToolCall = Pick<ToolCallPart, 'id' | 'name' | 'arguments'>

export type ToolboxParts = {
  tools: readonly Tool[]
  /** Whether this agent may use the tool at all; the sentence is the reason why not. */
  refusal(tool: Tool, context: ToolContext): string | undefined
  /** Whether models are told of the tool now. Default: always. */
  isOffered?(tool: Tool): boolean
  /** Told of what should not happen: a tool that threw something that is no `Fault`. */
  onBug(error: unknown): void
}

export type Toolbox = {
  /** As models are told of them; the same in every turn, as long as nothing is set up or taken out. */
  readonly specs: readonly ToolSpec[]
  /** Never rejects: refusals and failures are outcomes that tell the model what to do. */
  run(call: ToolCall, context: ToolContext): Promise<ToolOutcome>
}

export function createToolbox(parts: ToolboxParts): Toolbox {
  const specs = parts.tools.map((tool) => ({ tool, spec: toolSpec(tool) }))
  const byName = new Map(parts.tools.map((tool) => [tool.name, tool]))
  return {
    get specs() {
      return specs.flatMap(({ tool, spec }) => (parts.isOffered?.(tool) === false ? [] : [spec]))
    },
    async run(call, context) {
      const tool = byName.get(call.name)
      if (!tool) return failed(unknownTool(call.name, [...byName.keys()]))
      try {
        return await runTool(parts, tool, call, context)
      } catch (error) {
        if (error instanceof Fault) return failed(withRemedy(error), error.code)
        if (!isSystemError(error)) parts.onBug(error)
        return failed(`The tool ${call.name} failed: ${errorText(error)}`)
      }
    },
  }
}

async function runTool(
  { refusal }: ToolboxParts,
  tool: Tool,
  call: ToolCall,
  context: ToolContext,
): Promise<ToolOutcome> {
  const denied = refusal(tool, context)
  if (denied !== undefined) return textOutcome(denied, { status: 'denied' }, true)
  if (context.signal.aborted) return textOutcome('The run was stopped.', { status: 'aborted' }, true)
  const params = readAs(tool.params, call.arguments)
  if (!params.success) return failed(`Wrong arguments for ${tool.name}: ${problems(params.error)}.`, 'tool.invalid')
  return await tool.run(params.data, context)
}

/** The system refused something, such as a write to a full disk: no bug of ours. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function problems(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`)
    .join('; ')
}

function unknownTool(name: string, known: readonly string[]): string {
  const close = didYouMean(name, known)
  return `There is no tool "${name.slice(0, 64)}"${close ? `; did you mean ${close}?` : '.'} Tools: ${known.join(', ')}.`
}

function withRemedy({ message, remedy }: Fault): string {
  return remedy ? `${message} ${remedy}` : message
}

function failed(text: string, code?: string): ToolOutcome {
  return textOutcome(text, { status: 'failed', ...(code ? { code } : {}) }, true)
}
