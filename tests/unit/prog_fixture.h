/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prog_fixture.h - a program with no function in it and no rules, for tests of the analysis' parts */
#ifndef PROG_FIXTURE_H
#define PROG_FIXTURE_H

#include "model.h"

extern struct prog *p;                  /* from set_up() to tear_down() */
int set_up(void **state);
int tear_down(void **state);
sd_sym sym(const char *s);
uint32_t add_class(const char *name);   /* a final lock class of that name and its raw one; index of the raw one */

#endif
