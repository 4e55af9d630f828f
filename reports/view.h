/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.h - what every format asks of a result: labels, headlines, which witness proves what.
 *
 * Private to reports/.  Nothing here prints; strings returned as const live as long as the
 * results or for ever, strings returned as char * are the caller's (g_free()).
 */
#ifndef SD_REPORT_VIEW_H
#define SD_REPORT_VIEW_H

#include <glib.h>
#include "report.h"

/* What FINDINGS.md says at length about a kind, in a line each: SARIF's rule text. */
struct sd_kind_words {
	const char *headline;   /* lockdep's, the one that does not name the irq kind */
	const char *meaning;
	const char *fix;
};
const struct sd_kind_words *sd_kind_words(enum sd_finding_kind k);

/* "HARDIRQ-safe -> HARDIRQ-unsafe lock order detected": the words after "WARNING: ". */
char *sd_headline(const struct sd_finding *f);
/* The finding's irq kind as lockdep writes it: "HARDIRQ" or "SOFTIRQ". */
const char *sd_irq_upper(const struct sd_finding *f);

/* The name people know the lock by: lockdep's, or the class's where no init site is known. */
const char *sd_class_label(const struct sd_class *c);
/* "init FILE:LINE" (of a static lock: its definition), or "init site unknown". */
char *sd_class_init(const struct sd_class *c);
/* "ER", "EN", "SR", "SN" for bit 0..3 in the order of SD_DEP_*. */
const char *sd_dep_kind_name(unsigned bit);
char *sd_dep_kinds(uint8_t kinds);      /* "EN,SN" */

/* The rows of @r->acquires for one class; they are contiguous. */
const struct sd_acquire *sd_class_sites(const struct sd_results *r, uint32_t class, size_t *n);
/* Why this site matters for the usage bit: it can set it.  A trylock sets no IN-* bit. */
bool sd_site_sets(const struct sd_acquire *a, enum sd_usage bit);

/* The witness of a usage claim of the finding: its own when it has one, else its class's. */
const struct sd_witness *sd_safe_witness(const struct sd_results *r, const struct sd_finding *f);
const struct sd_witness *sd_unsafe_witness(const struct sd_results *r, const struct sd_finding *f);
/* Of an inconsistent state: one more function that takes the lock with interrupts on, beside the one that the finding rests on. */
bool sd_is_other_user(const struct sd_witness *w);
/* How many dependencies the path has, and the witness of the i-th; NULL when there is none. */
size_t sd_finding_ndeps(const struct sd_finding *f);
const struct sd_witness *sd_dep_witness(const struct sd_results *r, const struct sd_finding *f, size_t i);
/* Every witness once, as the finding lists them; collected from classes and deps when it lists none. */
GPtrArray *sd_finding_witnesses(const struct sd_results *r, const struct sd_finding *f);
/* The step a reader is sent to first: where the lock order is broken.  NULL when nothing is known. */
const struct sd_step *sd_finding_place(const struct sd_results *r, const struct sd_finding *f);

struct sd_counts {
	unsigned rank[3], kind[SD_K_COUNT];     /* all findings */
	unsigned shown, below, skipped;         /* skipped: at or above the rank, but in the baseline */
};
void sd_count(const struct sd_results *r, const struct sd_report_opts *o, struct sd_counts *c);
bool sd_shown(const struct sd_report_opts *o, const struct sd_finding *f);

/* 2914 -> "2,914".  For counts only, never for line numbers.  @buf has room for 16. */
const char *sd_thousands(unsigned n, char *buf);
/* Valid UTF-8: source text may be anything, JSON and SVG must not be. */
char *sd_utf8(const char *s);
/* 0, or -1 with errno, after the last byte was written. */
int sd_flush(FILE *out);

/* Parts of the text report that other formats include as they are. */
void sd_text_finding(const struct sd_results *r, const struct sd_finding *f, FILE *out);
void sd_text_sites(const struct sd_results *r, uint32_t class, const struct sd_finding *f, FILE *out);
void sd_text_trace(const struct sd_witness *w, int indent, FILE *out);
void sd_text_class(const struct sd_class *c, FILE *out);
void sd_text_coverage(const struct sd_results *r, FILE *out);
void sd_text_scenario(const struct sd_results *r, const struct sd_finding *f, FILE *out);
/* "12 findings: 3 high, ..." and what is not shown; one line each. */
void sd_text_summary(const struct sd_results *r, const struct sd_report_opts *o, FILE *out);

extern const struct sd_report sd_report_text, sd_report_json, sd_report_sarif, sd_report_html,
	sd_report_dot;

#endif
