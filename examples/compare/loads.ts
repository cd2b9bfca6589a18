/** The size of a small message. */
export const smallMessageBytes = 64;
/** The size of a large one, where it fits. */
export const largeMessageBytes = 64 * 1024;
/** How many small messages leave in one tick; twice as many may be under way. */
export const smallBurst = 64;
/** The same for large ones. */
export const largeBurst = 2;
