import { placeOf } from './lint-placeholders.ts'
import type { LoadedLesson } from './load.ts'
import type { Mistake } from './mistake.ts'

/** What `lessons new` leaves for the author: `<<to write: the scene>>`. */
const UNWRITTEN = /<<to write: ([^>]*)>>/g

/** Every place of a scaffold that nobody has filled in yet. */
export const lintUnwritten = ({ folder }: LoadedLesson): readonly Mistake[] => {
  const files: readonly (readonly [path: string, text: string | undefined])[] = [
    ['lesson.yaml', folder.lessonYaml],
    ['lesson.md', folder.lessonMd],
    ['attack.yaml', folder.attackYaml],
    ['solution.sh', folder.solution],
    ...folder.seed.map((file) => [`seed/${file.path}`, file.text] as const),
    ...folder.wrong.flatMap(
      ({ name, script, expect }) =>
        [
          [`wrong/${name}/wrong.sh`, script],
          [`wrong/${name}/expect.yaml`, expect],
        ] as const,
    ),
  ]
  return files.flatMap(([path, text = '']) =>
    [...text.matchAll(UNWRITTEN)].map((match) => ({
      severity: 'error' as const,
      file: `${folder.name}/${path}`,
      ...placeOf(text, match.index),
      message: `still to be written: ${match[1]}`,
    })),
  )
}
