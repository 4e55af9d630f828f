/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reports_fixture.h - results made by hand, for the tests of reports/. */
#ifndef SD_REPORTS_FIXTURE_H
#define SD_REPORTS_FIXTURE_H

#include "result.h"

/* Free: sd_arena_free(r->arena) frees r too. */
struct sd_results *fixture_findings(void);     /* one finding each: inversion, inconsistent, circular, recursive, ... */
struct sd_results *fixture_empty(void);        /* no finding, everything analysed */
struct sd_results *fixture_web(unsigned n);    /* n classes, about 3n/2 dependencies, no finding */

#endif
