/** What a tool is: a name, what it takes, how dangerous it is, and how it runs. */

import * as z from 'zod'
import type { ImagePart, TextPart, ToolDetails } from '../../shared/model/message.ts'
import type { ToolSpec } from '../providers/provider.ts'

export type ToolContext = {
  runId: string
  sessionKey: string
  agentId: string
  toolCallId: string
  /** Absolute path of the agent's workspace. */
  workspace: string
  /** Ends when the run is aborted or times out. */
  signal: AbortSignal
  /**
   * Live output so far, for screens; at most a few times a second. A tool that told the phase `approval` tells `running`
   * before anything runs: after a crash a call that still waited is called not run.
   */
  onUpdate(update: { text: string; details?: ToolDetails }): void
}

/** What the model and the transcript get. Expected failures are outcomes with `isError`, not throws. */
export type ToolOutcome = { content: (TextPart | ImagePart)[]; details: ToolDetails; isError: boolean }

export type Tool<P extends z.ZodType = z.ZodType> = {
  readonly name: string
  /** One or two sentences for the model; every turn pays for them. */
  readonly description: string
  readonly params: P
  /** `read` looks only; `write` changes files in the workspace; `exec` starts programs. */
  readonly risk: 'read' | 'write' | 'exec'
  run(params: z.output<P>, context: ToolContext): Promise<ToolOutcome>
}

export function defineTool<P extends z.ZodType>(tool: Tool<P>): Tool<P> {
  return tool
}

/** The tool as a model is told of it. */
export function toolSpec(tool: Tool): ToolSpec {
  const { $schema: _, ...parameters } = z.toJSONSchema(tool.params, { io: 'input' }) as Record<string, unknown>
  return { name: tool.name, description: tool.description, parameters }
}

export function textOutcome(text: string, details: ToolDetails, isError = false): ToolOutcome {
  return { content: [{ type: 'text', text }], details, isError }
}
