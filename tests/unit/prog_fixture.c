/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prog_fixture.c - see prog_fixture.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "prog_fixture.h"

struct prog *p;
static struct sd_graph_in in;
static struct sd_rules *rules;

int set_up(void **state)
{
	(void)state;
	assert_int_equal(sd_rules_load(&rules, NULL, NULL, 0, stderr), 0);
	in = (struct sd_graph_in){ .rules = rules };
	p = new_prog(&in);
	return 0;
}

int tear_down(void **state)
{
	struct sd_arena *a = p->arena;

	(void)state;
	free_prog(p);
	sd_arena_free(a);
	sd_rules_free(rules);
	return 0;
}

sd_sym sym(const char *s)
{
	return sd_intern(p->syms, s);
}

uint32_t add_class(const char *name)
{
	struct raw_class *c = sd_arena_alloc(p->arena, sizeof(*c));
	struct class k = { .raw = p->raw->len };

	c->name = sym(name);
	c->chain = g_array_new(FALSE, FALSE, sizeof(struct chain_step));
	c->final = p->classes->len;
	g_array_append_val(p->classes, k);
	g_array_append_val(p->raw, c);
	return p->raw->len - 1;
}
