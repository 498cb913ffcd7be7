/* SPDX-License-Identifier: GPL-2.0 */
/* The model as a whole: its start, and one step after the other. */
#ifndef NSHANDLE_FUZZ_MODEL_STEP_H
#define NSHANDLE_FUZZ_MODEL_STEP_H

#include "model.h"

void model_start(void);

/* Does the step make sense here? */
bool model_applies(const struct step *s);

void model_step(const struct step *s, struct expect *e);

#endif /* NSHANDLE_FUZZ_MODEL_STEP_H */
