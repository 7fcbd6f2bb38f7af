/** How long a model may think before it answers (gateway protocol, section 7.7). */

/** Every level a session can be set to; `off` is the same as none. */
export const thinkingLevels = ['off', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const
