/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draw.h - which classes and dependencies a picture shows; select.c fills it, dot.c draws it.
 */
#ifndef SD_REPORT_DRAW_H
#define SD_REPORT_DRAW_H

#include <glib.h>
#include "report.h"

enum sd_mark { SD_M_OUT, SD_M_IN, SD_M_PATH };  /* not drawn, drawn, drawn thick */

struct sd_picture {
	const struct sd_results *r;
	uint8_t *class;         /* enum sd_mark by class id */
	uint8_t *dep;           /* enum sd_mark by index into r->deps */
	GPtrArray *findings;    /* const struct sd_finding *: what closes their loops is drawn too */
	bool notes;             /* the contexts at both ends of the (one) finding */
	const char *id;         /* prefix of the ids in SVG: several pictures share an HTML page */
};

void sd_picture_init(struct sd_picture *p, const struct sd_results *r);
void sd_picture_clear(struct sd_picture *p);
void sd_picture_finding(struct sd_picture *p, const struct sd_finding *f);     /* its chain, as path */

/* What the options ask for.  0; -1 with one line in *err: nothing of that name, nothing to draw. */
int sd_picture_select(struct sd_picture *p, const struct sd_graph_opts *o, char **err);

/* @format "dot" "svg" "png".  0; -1 with one line in *err. */
int sd_picture_draw(const struct sd_picture *p, const char *format, FILE *out, char **err);

#endif
