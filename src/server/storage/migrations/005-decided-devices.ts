/** Whether a person decided what a device may; then nothing but a person widens that. */

export const decidedDevices = {
  id: 5,
  name: 'decided-devices',
  sql: 'ALTER TABLE devices ADD COLUMN is_decided INTEGER NOT NULL DEFAULT 0',
}
