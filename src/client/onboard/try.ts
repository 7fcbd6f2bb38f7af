/** Carries out what the machine wants tried. */

import type { Trials, Tried } from './facts.ts'
import type { Trial } from './step.ts'

export async function carryOut(trial: Trial, trials: Trials, signal: AbortSignal): Promise<Tried> {
  switch (trial.of) {
    case 'model':
      return await trials.model(trial.asked, signal)
    case 'telegram':
      return await trials.telegram(trial.token, signal)
    case 'tailscale':
      return await trials.tailscale(trial.mode, signal)
  }
}
