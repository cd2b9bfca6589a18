import { type Body, inside, playerRadius } from "./motion.js";

interface Named extends Body {
  readonly id: number;
}

/** How fast two must meet for one to be rammed. */
const hard = 260;

/** Lets bodies bounce off each other, all as heavy; tells which of them were rammed by a faster one. */
export function bump<B extends Named>(bodies: readonly B[]): { bodies: B[]; rammed: Set<number> } {
  const after = [...bodies];
  const rammed = new Set<number>();
  for (let i = 0; i < after.length; i++) {
    for (let j = i + 1; j < after.length; j++) {
      const [a, b] = [after[i], after[j]];
      const met = a === undefined || b === undefined ? null : meet(a, b);
      if (met === null) continue;
      [after[i], after[j]] = met.bodies;
      if (met.rammed !== null) rammed.add(met.rammed);
    }
  }
  return { bodies: after, rammed };
}

/** Two bodies that touch move apart, and swap the part of their speed that is towards each other. */
function meet<B extends Named>(a: B, b: B): { bodies: [B, B]; rammed: number | null } | null {
  const distance = Math.hypot(b.x - a.x, b.y - a.y);
  const overlap = 2 * playerRadius - distance;
  if (overlap <= 0) return null;
  const [x, y] = distance === 0 ? [1, 0] : [(b.x - a.x) / distance, (b.y - a.y) / distance];
  const [ofA, ofB] = [a.vx * x + a.vy * y, -(b.vx * x + b.vy * y)]; // how fast each goes towards the other
  const impact = Math.max(0, ofA + ofB);
  const moved = (body: B, sign: number): B => ({
    ...body,
    ...inside({
      x: body.x + (sign * x * overlap) / 2,
      y: body.y + (sign * y * overlap) / 2,
      vx: body.vx + sign * x * impact,
      vy: body.vy + sign * y * impact,
    }),
  });
  const slower = ofA < ofB ? a.id : b.id;
  return { bodies: [moved(a, -1), moved(b, 1)], rammed: impact > hard && ofA !== ofB ? slower : null };
}
