// One line a measurement: what, measured, baseline, ratio, aim, and whether the aim is met.

export const ms = (value) => `${value.toFixed(0)} ms`

const row = (cells) => {
  const [what, measured, baseline, ratio, aim, met] = cells
  return `${what.padEnd(38)}${measured.padStart(12)}${baseline.padStart(12)}${ratio.padStart(9)}${aim.padStart(12)}  ${met}`
}

export const heading = () => console.log(row(['', 'measured', 'baseline', 'ratio', 'aim', '']))

const print = ({ what, measured, baseline = '', ratio, aim, met, note }) => {
  const words = [met === undefined ? '' : met ? 'met' : 'NOT MET', note ?? ''].filter(Boolean).join(', ')
  console.log(row([what, measured, baseline, ratio === undefined ? '' : `${ratio.toFixed(2)} x`, aim ?? '', words]))
}

/** A result of `paired` against the largest ratio that is wanted; without `aim` it is only told. */
export const printRatio = (what, { subject, baseline, ratio }, aim) =>
  print({
    what,
    measured: ms(subject),
    baseline: ms(baseline),
    ratio,
    ...(aim === undefined ? {} : { aim: `${aim} x`, met: ratio <= aim }),
  })

/** A number against the largest that is wanted; without `aim` it is only told. */
export const printNumber = (what, { value, aim, show = ms, note }) =>
  print({ what, measured: show(value), note, ...(aim === undefined ? {} : { aim: show(aim), met: value <= aim }) })
