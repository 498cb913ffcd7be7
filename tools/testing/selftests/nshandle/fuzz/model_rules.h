/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of the model: what each call does, and when it can be left out. */
#ifndef NSHANDLE_FUZZ_MODEL_RULES_H
#define NSHANDLE_FUZZ_MODEL_RULES_H

#include "model.h"

/* model_join.c */
void model_setns(struct task *t, const struct step *s, struct expect *e);
void model_join(struct task *t, const struct step *s, struct expect *e);
void model_unshare(struct task *t, const struct step *s, struct expect *e);
bool model_flags_valid(int flags, int allowed);
struct source model_source(const struct task *at, int flags);
int model_enter(struct task *t, const struct source *src, int flags);

/* model_set.c */
void model_set(struct task *t, const struct step *s, struct expect *e);
void model_join_set(struct task *t, const struct step *s, struct expect *e);
void model_member(struct task *t, const struct step *s, struct expect *e);
void model_close(struct task *t, const struct step *s, struct expect *e);

/* model_task.c */
bool model_may_exit(const struct task *t);
void model_first(int slot);
void model_fork(struct task *t, const struct step *s, struct expect *e);
void model_fault(struct task *t, const struct step *s, struct expect *e);
void model_exit(struct task *t, const struct step *s, struct expect *e);
void model_reap(struct task *t, const struct step *s, struct expect *e);
void model_cap(struct task *t, const struct step *s, struct expect *e);
void model_uid(struct task *t, const struct step *s, struct expect *e);
void model_dumpable(struct task *t, const struct step *s, struct expect *e);
bool model_whole_process_dead(int process);

/* model_file.c */
void model_chdir(struct task *t, const struct step *s, struct expect *e);
void model_chroot(struct task *t, const struct step *s, struct expect *e);
void model_hold(struct task *t, const struct step *s, struct expect *e);
void model_fchdir(struct task *t, const struct step *s, struct expect *e);
void model_open(struct task *t, const struct step *s, struct expect *e);
void model_procfs(struct task *t, const struct step *s, struct expect *e);
void model_vecset(struct task *t, const struct step *s, struct expect *e);
void model_vecget(struct task *t, const struct step *s, struct expect *e);
bool model_vec_moves_base(const struct step *s);

#endif /* NSHANDLE_FUZZ_MODEL_RULES_H */
