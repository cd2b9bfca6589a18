import { browserSubjects } from "./browser/subjects.js";
import { goSubjects } from "./go/subjects.js";
import { toolkitSubjects } from "./measure/subjects.js";
import type { Subject } from "./subject.js";

/** All that gets a row, in the order of the table. */
export const subjects: readonly Subject[] = [...toolkitSubjects, ...goSubjects, ...browserSubjects];
