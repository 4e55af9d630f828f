/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text_scenario.c - the two-CPU drawings.
 *
 * Rule: lockdep.c (v6.1), print_irq_lock_scenario(), print_circular_lock_scenario(),
 *       print_usage_bug_scenario(), print_deadlock_scenario().
 * Differs: "Chain exists of" names the whole chain, not three of its classes.
 */
#include "view.h"

#define CPU1 "                               "

static const char *label(const struct sd_results *r, const struct sd_finding *f, size_t i)
{
	return sd_class_label(&r->classes[f->chain[i]]);
}

static void two_cpus(const char *rule, FILE *out)
{
	fprintf(out, " Possible %sunsafe locking scenario:\n\n", rule);
	fputs("       CPU0                    CPU1\n       ----                    ----\n", out);
}

static void one_cpu(FILE *out)
{
	fputs(" Possible unsafe locking scenario:\n\n       CPU0\n       ----\n", out);
}

static void chain_exists(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	fputs("Chain exists of:\n ", out);
	for (size_t i = 0; i < f->nchain; i++)
		fprintf(out, "%s %s", i ? " -->" : "", label(r, f, i));
	fputs("\n\n", out);
}

/* CPU1 takes the lock next to the safe one; with one dependency that is the unsafe lock itself. */
static void irq_scenario(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	const char *safe = label(r, f, 0), *unsafe = label(r, f, f->nchain - 1);
	const char *middle = label(r, f, f->nchain > 1);

	if (f->nchain > 2)
		chain_exists(r, f, out);
	two_cpus("interrupt ", out);
	fprintf(out, "  lock(%s);\n" CPU1 "local_irq_disable();\n", unsafe);
	fprintf(out, CPU1 "lock(%s);\n" CPU1 "lock(%s);\n", safe, middle);
	fprintf(out, "  <Interrupt>\n    lock(%s);\n\n *** DEADLOCK ***\n\n", safe);
}

static void usage_scenario(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	one_cpu(out);
	fprintf(out, "  lock(%s);\n  <Interrupt>\n    lock(%s);\n\n *** DEADLOCK ***\n\n", label(r, f, 0),
		label(r, f, 0));
}

/*
 * The closing dependency, last class -> first, is the one lockdep would be checking: its target
 * is held, its source wanted.  rlock() where the kind of that dependency says reader.
 */
static void circular_scenario(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	size_t last = f->nchain - 1;
	unsigned closing = f->deps ? f->kind_bit[last] : 3;
	const char *source = label(r, f, 0), *target = label(r, f, last);
	const char *parent = label(r, f, last ? last - 1 : 0);

	if (f->nchain > 2)
		chain_exists(r, f, out);
	two_cpus("", out);
	fprintf(out, "  %s(%s);\n", closing & 1 ? "lock" : "rlock", target);      /* odd: E*, even: S* */
	fprintf(out, CPU1 "lock(%s);\n" CPU1 "lock(%s);\n", parent, target);
	fprintf(out, "  %s(%s);\n\n *** DEADLOCK ***\n\n", closing < 2 ? "rlock" : "lock", source);
}

static void recursive_scenario(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	one_cpu(out);
	fprintf(out, "  lock(%s);\n  lock(%s);\n\n *** DEADLOCK ***\n\n", label(r, f, 0),
		label(r, f, f->nchain - 1));
	fputs(" May be due to missing lock nesting notation\n\n", out);
}

void sd_text_scenario(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	if (!f->nchain)
		return;
	switch (f->kind) {
	case SD_K_IRQ_INVERSION: irq_scenario(r, f, out); break;
	case SD_K_INCONSISTENT: usage_scenario(r, f, out); break;
	case SD_K_CIRCULAR: circular_scenario(r, f, out); break;
	case SD_K_RECURSIVE: recursive_scenario(r, f, out); break;
	default: break;
	}
}
