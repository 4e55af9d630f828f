/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match_fixture.h - results of an invented driver, which the logs of tests/match/ are about. */
#ifndef SD_MATCH_FIXTURE_H
#define SD_MATCH_FIXTURE_H

#include "result.h"

/* @recursive: as with --read-lock=recursive.  Free: sd_arena_free(r->arena). */
struct sd_results *match_fixture(bool recursive);

#endif
