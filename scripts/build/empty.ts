/** Stands in for `react-devtools-core`, which Ink asks for only while its own authors debug it. */
export default {}
