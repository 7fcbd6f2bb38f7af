/** What is said below an answer that its model could not end, wherever it is read. */
export const cutOff = 'Cut off: the model reached its output limit. Ask it to go on.'
