/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_scan.c - compile commands out of recipes, names of files, a worker's answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <glib.h>
#include <cmocka.h>
#include "scan_int.h"

/* ---------------------------------------------------------------- shell.c */

static void join(void *arg, char **argv, size_t n)
{
	for (size_t i = 0; i < n; i++)
		g_string_append_printf(arg, "%s[%s]", i ? " " : "", argv[i]);
	g_string_append_c(arg, '\n');
}

static void expect_compiles(const char *recipe, const char *want)
{
	GString *got = g_string_new("");
	char *copy = g_strdup(recipe);

	sd_shell_compiles(copy, join, got);
	assert_string_equal(got->str, want);
	assert_string_equal(copy, recipe);      /* left as it was */
	g_free(copy);
	g_string_free(got, TRUE);
}

static void the_command_is_found_in_the_recipe(void **state)
{
	(void)state;
	expect_compiles("set -e;  exec >/dev/null;   trap 'rm -f a.o; trap - HUP; kill -s HUP $$' HUP;  "
			"clang-19 -D__KERNEL__ -DKBUILD_MODNAME='\"a_b\"' -c -o a.o /s/a.c   ; fixdep .a.o.d a.o "
			"'clang-19 -D__KERNEL__ -c -o a.o /s/a.c' > .a.o.cmd; rm -f .a.o.d\n",
			"[clang-19] [-D__KERNEL__] [-DKBUILD_MODNAME=\"a_b\"] [-c] [-o] [a.o] [/s/a.c]\n");
}

static void one_line_may_hold_several(void **state)
{
	(void)state;
	expect_compiles("gcc -D__KERNEL__ -c a.c && ccache gcc-12 -D__KERNEL__ -c b.c | cat",
			"[gcc] [-D__KERNEL__] [-c] [a.c]\n[gcc-12] [-D__KERNEL__] [-c] [b.c]\n");
}

static void host_programs_and_others_are_not_ours(void **state)
{
	(void)state;
	expect_compiles("clang-19 -O2 -c -o scripts/x.o scripts/x.c", "");
	expect_compiles("echo clang -D__KERNEL__ -c x.c", "");
	expect_compiles("clang -D__KERNEL__ -S x.c", "");
	expect_compiles("", "");
}

static void broken_quoting_is_no_crash(void **state)
{
	(void)state;
	expect_compiles("clang -D__KERNEL__ -c 'x.c", "");
	expect_compiles("clang -D__KERNEL__ -c \"x.c\\", "");
	expect_compiles("\\", "");
	expect_compiles("a; clang -D__KERNEL__ -c x.c; \"", "[clang] [-D__KERNEL__] [-c] [x.c]\n");
}

/* ---------------------------------------------------------------- plan.c */

static void init_plan(struct sd_plan *p)
{
	sd_plan_init(p);
	p->srcroot = sd_arena_strdup(p->arena, "/src");
	p->objroot = sd_arena_strdup(p->arena, "/obj");
}

static void names_are_relative_to_the_two_roots(void **state)
{
	static const char *const cases[][2] = {
		{ "/src/fs/a.c", "fs/a.c" }, { "./include/generated/x.h", "obj:include/generated/x.h" },
		{ "/src/fs/../mm/b.c", "mm/b.c" }, { "/srcs/c.c", "/srcs/c.c" }, { "/usr/include/d.h", "/usr/include/d.h" },
	};
	struct sd_plan p;

	(void)state;
	init_plan(&p);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *rel = sd_plan_rel(&p, p.arena, "/obj", cases[i][0]);
		char *abs = sd_plan_abs(&p, rel);

		assert_string_equal(rel, cases[i][1]);
		assert_string_equal(sd_plan_rel(&p, p.arena, "/obj", abs), rel);
		g_free(abs);
	}
	sd_plan_free(&p);
}

static void an_object_tree_inside_the_source_is_the_object_tree(void **state)
{
	struct sd_plan p;

	(void)state;
	init_plan(&p);
	p.objroot = sd_arena_strdup(p.arena, "/src/build");
	assert_string_equal(sd_plan_rel(&p, p.arena, "/src/build", "x.h"), "obj:x.h");
	assert_string_equal(sd_plan_rel(&p, p.arena, "/src/build", "../x.h"), "x.h");
	p.objroot = p.srcroot;          /* configured in place */
	assert_string_equal(sd_plan_rel(&p, p.arena, "/src", "x.h"), "x.h");
	sd_plan_free(&p);
}

static void paths_want_whole_names(void **state)
{
	struct sd_plan p;

	(void)state;
	init_plan(&p);
	assert_true(sd_plan_wants(&p, "any.c"));
	g_ptr_array_add(p.paths, (gpointer)"sound/core");
	g_ptr_array_add(p.paths, (gpointer)"fs/fcntl.c");
	assert_true(sd_plan_wants(&p, "sound/core/timer.c"));
	assert_true(sd_plan_wants(&p, "fs/fcntl.c"));
	assert_true(sd_plan_wants(&p, "obj:sound/core/made.c"));
	assert_false(sd_plan_wants(&p, "sound/core2/timer.c"));
	assert_false(sd_plan_wants(&p, "fs/fcntl.c2"));
	sd_plan_free(&p);
}

static void a_command_keeps_what_changes_the_parse(void **state)
{
	const char *const argv[] = { "clang", "-Wp,-MMD,.a.d", "-I/src/include", "-I", "./include", "-include", "/src/k.c",
				     "-D", "X.c", "-mindirect-branch=thunk", "--param", "ssp=4", "-MF", "dep.c", "-c", "-o", "a.o", "/src/a.c" };
	const char *const again[] = { "clang", "-DSECOND", "-c", "/src/a.c" };
	const char *const want[] = { "-I/src/include", "-I", "./include", "-include", "/src/k.c", "-D", "X.c" };
	const struct sd_command *c;
	struct sd_plan p;

	(void)state;
	init_plan(&p);
	sd_plan_add(&p, "/obj", argv, G_N_ELEMENTS(argv));
	sd_plan_add(&p, "/obj", again, G_N_ELEMENTS(again));    /* a second form of the file: the first stays */
	assert_int_equal(p.cmds->len, 1);
	c = g_ptr_array_index(p.cmds, 0);
	assert_string_equal(c->file, "/src/a.c");
	assert_string_equal(c->rel, "a.c");
	assert_string_equal(c->object, "a.o");
	assert_int_equal(c->nargs, G_N_ELEMENTS(want));
	for (size_t i = 0; i < c->nargs; i++)
		assert_string_equal(c->args[i], want[i]);
	sd_plan_free(&p);
}

static uint64_t hash_in(const char *src, const char *obj, const char *flag)
{
	const struct sd_scan_opts o = { .no_lockdep_view = true };
	struct sd_plan p;
	char *inc = g_strdup_printf("-I%s/include", src), *file = g_strdup_printf("%s/a.c", src);
	const char *const argv[] = { "clang", inc, flag, "-c", file };
	uint64_t hash;

	sd_plan_init(&p);
	p.srcroot = sd_arena_strdup(p.arena, src);
	p.objroot = sd_arena_strdup(p.arena, obj);
	sd_plan_add(&p, obj, argv, G_N_ELEMENTS(argv));
	sd_plan_finish(&p, &o);
	hash = ((struct sd_command *)g_ptr_array_index(p.cmds, 0))->hash;
	sd_plan_free(&p);
	g_free(file);
	g_free(inc);
	return hash;
}

static void the_hash_does_not_know_where_the_tree_is(void **state)
{
	(void)state;
	assert_true(hash_in("/src", "/obj", "-DA") == hash_in("/home/u/linux", "/tmp/o", "-DA"));
	assert_true(hash_in("/src", "/src/o", "-DA") == hash_in("/src", "/obj", "-DA"));
	assert_true(hash_in("/src", "/obj", "-DA") != hash_in("/src", "/obj", "-DB"));
}

static void shards_share_the_work(void **state)
{
	struct sd_scan_opts o = { .no_lockdep_view = true, .nshards = 3 };
	guint total = 0;

	(void)state;
	for (o.shard = 1; o.shard <= 3; o.shard++) {
		struct sd_plan p;

		init_plan(&p);
		for (int i = 0; i < 10; i++) {
			char *file = g_strdup_printf("/src/%d.c", i);
			const char *const argv[] = { "clang", "-c", file };

			sd_plan_add(&p, "/obj", argv, 3);
			g_free(file);
		}
		sd_plan_finish(&p, &o);
		total += p.cmds->len;
		sd_plan_free(&p);
	}
	assert_int_equal(total, 10);
}

/* ---------------------------------------------------------------- wire.c, filehash.c */

static void an_answer_comes_back(void **state)
{
	struct sd_db_fn fns[] = {
		{ .name = "f", .file = "a.c", .line = 7, .ir = (const uint8_t *)"\0x", .irlen = 2, .hash = ~0ull },
		{ .name = "g", .file = "", .line = -1, .ir = (const uint8_t *)"", .irlen = 0, .hash = 0 },
	};
	const char *deps[] = { "/a.c", "/b.h" };
	const struct sd_answer a = { .first_error = "e", .nerrors = 2, .seconds = 0.25, .fns = fns, .nfns = 2, .deps = deps, .ndeps = 2 };
	struct sd_arena *arena = sd_arena_new();
	GByteArray *bytes = g_byte_array_new();
	struct sd_answer b;

	(void)state;
	sd_answer_encode(&a, bytes);
	assert_true(sd_answer_decode(bytes->data, bytes->len, arena, &b));
	assert_null(b.reason);
	assert_string_equal(b.first_error, "e");
	assert_int_equal(b.nerrors, 2);
	assert_true(b.seconds == 0.25);
	assert_int_equal(b.nfns, 2);
	assert_string_equal(b.fns[0].name, "f");
	assert_int_equal(b.fns[0].irlen, 2);
	assert_memory_equal(b.fns[0].ir, "\0x", 2);
	assert_true(b.fns[0].hash == ~0ull);
	assert_int_equal(b.fns[1].line, -1);
	assert_int_equal(b.ndeps, 2);
	assert_string_equal(b.deps[1], "/b.h");
	for (guint cut = 0; cut < bytes->len; cut++) {  /* in a buffer of its own: the sanitizer sees the end */
		uint8_t *part = g_memdup2(bytes->data, cut);

		assert_false(sd_answer_decode(part, cut, arena, &b));
		g_free(part);
	}
	g_byte_array_free(bytes, TRUE);
	sd_arena_free(arena);
}

static void only_files_have_hashes(void **state)
{
	struct sd_filehash *h = sd_filehash_new();
	char *dir = g_dir_make_tmp("sd-test-scan-XXXXXX", NULL);
	char *file = g_build_filename(dir, "a", NULL), *same = g_build_filename(dir, "b", NULL), *fifo = g_build_filename(dir, "f", NULL);

	(void)state;
	assert_true(g_file_set_contents(file, "text", -1, NULL) && g_file_set_contents(same, "text", -1, NULL));
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_true(sd_filehash_get(h, file) != 0);
	assert_true(sd_filehash_get(h, file) == sd_filehash_get(h, same));
	assert_true(sd_filehash_get(h, dir) == 0);
	assert_true(sd_filehash_get(h, fifo) == 0);
	unlink(file);
	assert_true(sd_filehash_get(h, file) == sd_filehash_get(h, same));     /* one scan, one answer */
	unlink(same);
	unlink(fifo);
	rmdir(dir);
	g_free(file);
	g_free(same);
	g_free(fifo);
	g_free(dir);
	sd_filehash_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_is_found_in_the_recipe),
		cmocka_unit_test(one_line_may_hold_several),
		cmocka_unit_test(host_programs_and_others_are_not_ours),
		cmocka_unit_test(broken_quoting_is_no_crash),
		cmocka_unit_test(names_are_relative_to_the_two_roots),
		cmocka_unit_test(an_object_tree_inside_the_source_is_the_object_tree),
		cmocka_unit_test(paths_want_whole_names),
		cmocka_unit_test(a_command_keeps_what_changes_the_parse),
		cmocka_unit_test(the_hash_does_not_know_where_the_tree_is),
		cmocka_unit_test(shards_share_the_work),
		cmocka_unit_test(an_answer_comes_back),
		cmocka_unit_test(only_files_have_hashes),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
