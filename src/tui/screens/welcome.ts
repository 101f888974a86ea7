/** Before there is a lesson to show. */
import { wrap } from '../fit.ts'
import type { Scene } from '../scene.ts'
import { bringUpLines, bringUpTitle, spinner } from './bring-up.ts'

export const welcomeLines = (scene: Scene, options: { width: number; rows: number }): readonly string[] => {
  const { state, theme } = scene
  const { paint } = theme
  const { width, rows } = options
  if (state.loading) return ['', `${spinner(scene)} Reading the lessons.`]
  const text = wrap('Press l and choose a lesson. Everything you do happens in a cluster of its own.', width)
  const { left, right } = bringUpTitle(scene)
  const coming =
    state.cluster.state === 'ready'
      ? []
      : ['', paint.strong(left), paint.quiet(right), '', ...bringUpLines(scene, { width, rows: Math.max(3, rows - 8) })]
  return [paint.title('Welcome to the Kubernetes security lab'), '', ...text, ...coming]
}
