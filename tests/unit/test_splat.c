/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_splat.c - lockdep reports out of logs, and the answers of match.
 *
 * Every tests/match/NAME.log is matched against match_fixture(); the answer is NAME.expect.
 * SD_UPDATE=1 writes the .expect files: read the diff before committing it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <glib.h>
#include "match_fixture.h"
#include "report.h"
#include "splat.h"

static char *answer_of(const struct sd_results *r, const char *text, size_t len, bool json, int *code)
{
	char *buf = NULL, *err = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&buf, &n);
	GString *s;

	*code = sd_match_write(r, text, len, json, out, &err);
	fclose(out);
	s = g_string_new_len(buf, (gssize)n);
	if (err)
		g_string_append_printf(s, "error: %s\n", err);
	free(buf);
	g_free(err);
	return g_string_free(s, FALSE);
}

static char *read_log(const char *name, size_t *len)
{
	char *path = g_build_filename(SD_TESTS_DIR, "match", name, NULL), *text = NULL;
	gsize n;

	if (!g_file_get_contents(path, &text, &n, NULL))
		fail_msg("cannot read %s", path);
	g_free(path);
	*len = n;
	return text;
}

/* --- golden answers --- */

static void check_log(const struct sd_results *r, const char *log, const char *expect, bool json)
{
	size_t len;
	char *text = read_log(log, &len), *path = g_build_filename(SD_TESTS_DIR, "match", expect, NULL);
	char *want = NULL, *answer, *got;
	int code;

	answer = answer_of(r, text, len, json, &code);
	got = g_strdup_printf("%sexit %d\n", answer, code);
	if (getenv("SD_UPDATE"))
		g_file_set_contents(path, got, -1, NULL);
	if (!g_file_get_contents(path, &want, NULL, NULL))
		fail_msg("no %s: run with SD_UPDATE=1", path);
	if (strcmp(got, want)) {
		print_message("%s differs; now it is:\n%s", expect, got);
		fail();
	}
	g_free(answer);
	g_free(got);
	g_free(want);
	g_free(text);
	g_free(path);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *logs(void)
{
	GPtrArray *v = g_ptr_array_new_with_free_func(g_free);
	char *dir = g_build_filename(SD_TESTS_DIR, "match", NULL);
	GDir *d = g_dir_open(dir, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d)) != NULL)
		if (g_str_has_suffix(name, ".log"))
			g_ptr_array_add(v, g_strdup(name));
	if (d)
		g_dir_close(d);
	g_free(dir);
	g_ptr_array_sort(v, by_text);
	assert_true(v->len > 10);
	return v;
}

static void golden(void **state)
{
	struct sd_results *r = match_fixture(false);
	GPtrArray *v = logs();

	(void)state;
	for (guint i = 0; i < v->len; i++) {
		char *expect = g_strndup(v->pdata[i], strlen(v->pdata[i]) - 4);
		char *name = g_strconcat(expect, ".expect", NULL);

		check_log(r, v->pdata[i], name, false);
		g_free(expect);
		g_free(name);
	}
	g_ptr_array_free(v, TRUE);
	sd_arena_free(r->arena);
}

static void json_form(void **state)
{
	struct sd_results *r = match_fixture(false);

	(void)state;
	check_log(r, "irq-inversion.log", "irq-inversion.json.expect", true);
	sd_arena_free(r->arena);
}

/* With recursive readers every dependency is there, but no strong path. */
static void recursive_readers(void **state)
{
	struct sd_results *r = match_fixture(true);

	(void)state;
	check_log(r, "irq-inversion.log", "irq-inversion.recursive.expect", false);
	sd_arena_free(r->arena);
}

/* --- one line of a log --- */

static struct sd_splats parse(struct sd_arena *a, const char *text)
{
	return sd_splat_parse(a, text, strlen(text));
}

/* A recursive report around one lock line and one frame. */
static struct sd_splat *one(struct sd_arena *a, const char *lock, const char *frame)
{
	char *text = g_strdup_printf("WARNING: possible recursive locking detected\nx/1 is trying to acquire lock:\n%s\n"
				     "stack backtrace:\nCall Trace:\n%s\n", lock, frame);
	struct sd_splats s = parse(a, text);

	g_free(text);
	assert_int_equal(s.n, 1);
	return s.v[0];
}

static void lock_names(void **state)
{
	static const struct { const char *line, *name, *usage; int version, subclass, outer, inner; } t[] = {
		{ "ffff8880a393dd48 (&a->lock){-.-.}-{2:2}, at: f+0x1/0x2", "&a->lock", "-.-.", 0, 0, 2, 2 },
		{ "ffff8880a393dd48 ((wq_completion)events){+.+.}-{0:0}, at: f", "(wq_completion)events", "+.+.", 0, 0, 0, 0 },
		{ "ffff8880a393dd48 ((work_completion)(&(&w->dw)->work)){+.+.}-{0:0}, at: f", "(work_completion)(&(&w->dw)->work)", "+.+.", 0, 0, 0, 0 },
		{ "ffff8880a393dd48 (&t->dir_key#3/1){++++}-{3:3}, at: f", "&t->dir_key", "++++", 3, 1, 3, 3 },
		{ "ffff8880a393dd48 (a {b} (c){d}){....}-{1:2}, at: f", "a {b} (c){d}", "....", 0, 0, 1, 2 },
		{ "(____ptrval____) (x#2){?.+.}, at: f", "x", "?.+.", 2, 0, -1, -1 },
		{ "0xffff8880a393dd48 (x){+.+...}, at: f", "x", "+.+...", 0, 0, -1, -1 },
		{ " (x/7){....}-{4}", "x", "....", 0, 7, 4, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct sd_arena *a = sd_arena_new();
		struct sd_splat *sp = one(a, t[i].line, "g+0x1/0x2");

		assert_int_equal(sp->nlocks, 1);
		assert_string_equal(sp->locks[0].name, t[i].name);
		assert_string_equal(sp->locks[0].usage, t[i].usage);
		assert_int_equal(sp->locks[0].version, t[i].version);
		assert_int_equal(sp->locks[0].subclass, t[i].subclass);
		assert_int_equal(sp->locks[0].wait_outer, t[i].outer);
		assert_int_equal(sp->locks[0].wait_inner, t[i].inner);
		sd_arena_free(a);
	}
}

static void frames(void **state)
{
	static const struct { const char *line, *function, *file, *module; int at; bool inlined, unreliable; } t[] = {
		{ " f+0x1/0x2", "f", "", "", 0, false, false },
		{ " f+0x1/0x2 a/b.c:12", "f", "a/b.c", "", 12, false, false },
		{ " f a/b.h:12 [inline]", "f", "a/b.h", "", 12, true, false },
		{ " f+0x1/0x2 [mod]", "f", "", "mod", 0, false, false },
		{ " f+0x1/0x2 [mod 0123456789abcdef]", "f", "", "mod", 0, false, false },
		{ " f+0x1/0x2 [mod] a/b.c:12", "f", "a/b.c", "mod", 12, false, false },
		{ " ? f.constprop.0.isra.1+0x1/0x2", "f", "", "", 0, false, true },
		{ " f.part.3.cold+0x1", "f", "", "", 0, false, false },
		{ " f+0x1/0x2 (P)", "f", "", "", 0, false, false },
		{ " f (a/b.c:12 (discriminator 4)) mod", "f", "a/b.c", "mod", 12, false, false },
		{ " [<ffffffff81234567>] f+0x1/0x2", "f", "", "", 0, false, false },
		{ " [<c010f250>] (f) from [<c010b3a4>] (g+0x10/0x14)", "f", "", "", 0, false, false },
		{ " f from g+0x10/0x14", "f", "", "", 0, false, false },
		{ " do_syscall_64", "do_syscall_64", "", "", 0, false, false },
		{ "RIP: 0010:f+0x1/0x2", "f", "", "", 0, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct sd_arena *a = sd_arena_new();
		struct sd_splat *sp = one(a, "ffff8880a393dd48 (x){....}-{2:2}, at: f", t[i].line);
		struct sd_frame *f = sp->backtrace.frames;

		if (sp->backtrace.nframes != 1)
			fail_msg("%zu frames: %s", sp->backtrace.nframes, t[i].line);
		assert_string_equal(f->function, t[i].function);
		assert_string_equal(f->file, t[i].file);
		assert_string_equal(f->module, t[i].module);
		assert_int_equal(f->line, t[i].at);
		assert_int_equal(f->inlined, t[i].inlined);
		assert_int_equal(f->unreliable, t[i].unreliable);
		sd_arena_free(a);
	}
}

static void no_frames(void **state)
{
	static const char *const t[] = { " Code: 40 00 48", " RAX: 0000000000000000 RBX: 0", "+ cat /proc/interrupts",
		"[st] sys uptime=1.2", "some words", "RIP: 0033:0x47b7a0", " 0xffffffff81234567", "done" };

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct sd_arena *a = sd_arena_new();

		if (one(a, "ffff8880a393dd48 (x){....}-{2:2}, at: f", t[i])->backtrace.nframes)
			fail_msg("a frame: %s", t[i]);
		sd_arena_free(a);
	}
}

/* --- rubbish --- */

static void no_report(void **state)
{
	struct sd_results *r = match_fixture(false);
	static const char zeros[300];
	int code;

	(void)state;
	for (size_t len = 0; len < sizeof(zeros); len += 99) {
		char *s = answer_of(r, zeros, len, false, &code);

		assert_int_equal(code, 2);
		assert_non_null(strstr(s, "error: no lockdep report"));
		assert_ptr_equal(strchr(s, '\n'), s + strlen(s) - 1);
		g_free(s);
	}
	sd_arena_free(r->arena);
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 8;
}

/* Changed, repeated, lost and foreign bytes; cut at any place. */
static void mutate(char *text, size_t *len, unsigned *seed)
{
	for (unsigned k = next_random(seed) % 40; k > 0 && *len > 2; k--) {
		size_t at = next_random(seed) % *len, from = next_random(seed) % *len, n = next_random(seed) % 60;

		if (n > *len - at)
			n = *len - at;
		if (n > *len - from)
			n = *len - from;
		if (k % 3)
			memmove(text + at, text + from, n);
		else
			text[at] = (char)next_random(seed);
	}
	if (next_random(seed) % 2)
		*len = next_random(seed) % *len;
}

static void rubbish(void **state)
{
	struct sd_results *r = match_fixture(false);
	GPtrArray *v = logs();
	const char *times = getenv("SD_FUZZ");
	unsigned seed = 1, n = times ? (unsigned)atoi(times) : 20;
	int code;

	(void)state;
	for (guint i = 0; i < v->len; i++) {
		size_t whole, len;
		char *text = read_log(v->pdata[i], &whole), *copy = g_malloc(whole);

		for (unsigned k = 0; k < n; k++) {
			memcpy(copy, text, len = whole);
			mutate(copy, &len, &seed);
			g_free(answer_of(r, copy, len, k % 2, &code));
			assert_in_range(code, 0, 2);
		}
		g_free(text);
		g_free(copy);
	}
	g_ptr_array_free(v, TRUE);
	sd_arena_free(r->arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lock_names),
		cmocka_unit_test(frames),
		cmocka_unit_test(no_frames),
		cmocka_unit_test(golden),
		cmocka_unit_test(json_form),
		cmocka_unit_test(recursive_readers),
		cmocka_unit_test(no_report),
		cmocka_unit_test(rubbish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
