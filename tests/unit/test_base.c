/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_base.c - arena and interned strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base.h"

static void arena_gives_zeroed_aligned_memory(void **state)
{
	struct sd_arena *a = sd_arena_new();

	(void)state;
	for (size_t size = 0; size < 3000; size += 7) {
		unsigned char *p = sd_arena_alloc(a, size);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	sd_arena_free(a);
	sd_arena_free(NULL);
}

static void arena_keeps_what_it_gave(void **state)
{
	struct sd_arena *a = sd_arena_new();
	char *s[1000];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		s[i] = sd_arena_printf(a, "string %d", i);
		memset(sd_arena_alloc(a, (size_t)i * 50), i, (size_t)i * 50);   /* chunks of their own too */
	}
	for (int i = 0; i < 1000; i++)
		assert_string_equal(s[i], sd_arena_printf(a, "string %d", i));
	assert_string_equal(sd_arena_strndup(a, "abcdef", 3), "abc");
	assert_string_equal(sd_arena_strdup(a, ""), "");
	sd_arena_free(a);
}

static void equal_strings_have_one_id(void **state)
{
	struct sd_strtab *t = sd_strtab_new();
	sd_sym a = sd_intern(t, "a"), b = sd_intern(t, "b");

	(void)state;
	assert_int_equal(sd_intern(t, ""), 0);
	assert_int_equal(sd_intern(t, NULL), 0);
	assert_int_equal(a, 1);
	assert_int_equal(b, 2);
	assert_int_equal(sd_intern(t, "a"), a);
	assert_string_equal(sd_sym_str(t, b), "b");
	assert_int_equal(sd_strtab_count(t), 3);
	sd_strtab_free(t);
}

static void finding_does_not_intern(void **state)
{
	struct sd_strtab *t = sd_strtab_new();

	(void)state;
	assert_int_equal(sd_intern_find(t, "x"), 0);
	assert_int_equal(sd_intern_find(t, NULL), 0);
	assert_int_equal(sd_strtab_count(t), 1);
	sd_strtab_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(arena_keeps_what_it_gave),
		cmocka_unit_test(equal_strings_have_one_id),
		cmocka_unit_test(finding_does_not_intern),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
