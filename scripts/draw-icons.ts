/** Draws the two icons of the Teams app, a reception bell: run it after changing the drawing, and commit the pictures. */
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** Whether a point lies in the bell; both axes from 0 to 1, y downwards. */
function isBell(x: number, y: number): boolean {
  const button = Math.hypot(x - 0.5, (y - 0.3) * 1.1) < 0.055;
  const stem = Math.abs(x - 0.5) < 0.022 && y > 0.3 && y < 0.4;
  const dome = Math.hypot(x - 0.5, y - 0.66) < 0.29 && y < 0.63;
  const plate = Math.abs(x - 0.5) < 0.36 - (y > 0.71 ? (y - 0.71) * 1.2 : 0) && y > 0.66 && y < 0.75;
  return button || stem || dome || plate;
}

function isRounded(x: number, y: number): boolean {
  const radius = 0.2;
  const [dx, dy] = [Math.max(0, Math.abs(x - 0.5) - 0.5 + radius), Math.max(0, Math.abs(y - 0.5) - 0.5 + radius)];
  return Math.hypot(dx, dy) <= radius;
}

const colourIcon = (x: number, y: number): Colour => {
  if (!isRounded(x, y)) return [0, 0, 0, 0];
  return isBell(x, y) ? [255, 255, 255, 255] : [79 - y * 18, 70 - y * 16, 165 - y * 20, 255];
};
const outlineIcon = (x: number, y: number): Colour => (isBell(x, y) ? [255, 255, 255, 255] : [255, 255, 255, 0]);

/** RGBA, 8 bits, every pixel the mean of 36 points (PNG 1.2). */
function png(size: number, colourAt: (x: number, y: number) => Colour): Buffer {
  const grain = 6;
  const rows: number[] = [];
  for (let y = 0; y < size; y += 1) {
    rows.push(0);
    for (let x = 0; x < size; x += 1) {
      const sum = [0, 0, 0, 0];
      for (let part = 0; part < grain * grain; part += 1) {
        const [dx, dy] = [((part % grain) + 0.5) / grain, (Math.floor(part / grain) + 0.5) / grain];
        const [red, green, blue, alpha] = colourAt((x + dx) / size, (y + dy) / size);
        for (const [at, value] of [red * alpha, green * alpha, blue * alpha, alpha].entries())
          sum[at] = (sum[at] ?? 0) + value;
      }
      const alpha = sum[3] ?? 0;
      rows.push(...sum.slice(0, 3).map((value) => (alpha === 0 ? 255 : Math.round(value / alpha))));
      rows.push(Math.round(alpha / grain ** 2));
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = deflateSync(Buffer.from(rows), { level: 9 });
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

const folder = new URL('../manifest/', import.meta.url);
writeFileSync(new URL('color.png', folder), png(192, colourIcon));
writeFileSync(new URL('outline.png', folder), png(32, outlineIcon));
