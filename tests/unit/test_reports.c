/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_reports.c - every report over results made by hand (reports_fixture.c).
 *
 * What must keep its bytes is compared with a file of golden/; SD_UPDATE_GOLDEN=1 writes them
 * anew: read the difference before committing it.  Pictures depend on the Graphviz and the fonts
 * installed, so of these only what they must contain is tested.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>
#include "report.h"
#include "reports_fixture.h"

#ifdef __SANITIZE_ADDRESS__
/* Graphviz, pango and fontconfig keep what they allocate; whole stacks tell theirs from ours. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "fast_unwind_on_malloc=0"; }
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libgvc\nleak:libcgraph\nleak:libgvplugin\nleak:libpango\nleak:libfontconfig\n";
}
#endif

struct capture { FILE *file; char *buf; size_t len; };

static struct capture capture_start(void)
{
	return (struct capture){ .file = tmpfile() };
}

/* The text written so far; capture_free() frees it. */
static const char *capture_text(struct capture *c)
{
	long len = ftell(c->file);

	assert_true(len >= 0);
	rewind(c->file);
	c->buf = calloc(1, (size_t)len + 1);
	c->len = fread(c->buf, 1, (size_t)len, c->file);
	assert_int_equal(c->len, len);
	return c->buf;
}

static void capture_free(struct capture *c)
{
	fclose(c->file);
	free(c->buf);
}

static void assert_has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("not in the output: %s", what);
}

static void assert_has_not(const char *text, const char *what)
{
	if (strstr(text, what))
		fail_msg("in the output: %s", what);
}

static void golden_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void assert_golden(const char *name, const char *text)
{
	char path[1024], *want;
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/unit/golden/%s", SD_TESTS_DIR, name);
	if (getenv("SD_UPDATE_GOLDEN"))
		golden_write(path, text);
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s is missing", path);
	want = calloc(1, 1 << 20);
	len = fread(want, 1, (1 << 20) - 1, f);
	fclose(f);
	if (len != strlen(text) || memcmp(want, text, len))
		fail_msg("output differs from %s; it is:\n%s", path, text);
	free(want);
}

static bool skip_second(void *arg, const struct sd_finding *f)
{
	(void)arg;
	return f->id == 2;
}

static struct sd_report_opts all_opts(void)
{
	return (struct sd_report_opts){ .min_rank = SD_RANK_LOW, .all_sites = true };
}

/* Writes fixture_findings() in @format; the caller frees the capture. */
static struct capture report(const char *format, const struct sd_report_opts *o)
{
	struct sd_results *r = fixture_findings();
	struct capture c = capture_start();

	assert_non_null(sd_report_find(format));
	assert_int_equal(sd_report_find(format)->write(r, o, c.file), 0);
	sd_arena_free(r->arena);
	capture_text(&c);
	return c;
}

/* --- formats --- */

static void formats_are_found_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; sd_reports[i]; i++)
		assert_ptr_equal(sd_report_find(sd_reports[i]->name), sd_reports[i]);
	assert_null(sd_report_find("xml"));
}

static void whole_reports_are_golden(void **state)
{
	static const char *const formats[] = { "text", "json", "sarif" };
	struct sd_report_opts o = all_opts();

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct capture c = report(formats[i], &o);
		char name[64];

		snprintf(name, sizeof(name), "report.%s", formats[i]);
		assert_golden(name, c.buf);
		capture_free(&c);
	}
}

static void reports_are_the_same_twice(void **state)
{
	struct sd_report_opts o = all_opts();

	(void)state;
	for (size_t i = 0; sd_reports[i]; i++) {
		struct capture a = report(sd_reports[i]->name, &o), b = report(sd_reports[i]->name, &o);

		assert_string_equal(a.buf, b.buf);
		capture_free(&a);
		capture_free(&b);
	}
}

static void no_findings_still_print_coverage(void **state)
{
	struct sd_results *r = fixture_empty();
	struct sd_report_opts o = all_opts();

	(void)state;
	for (size_t i = 0; sd_reports[i]; i++) {
		struct capture c = capture_start();

		assert_int_equal(sd_reports[i]->write(r, &o, c.file), 0);
		assert_true(strlen(capture_text(&c)) > 0);
		if (!strcmp(sd_reports[i]->name, "text"))
			assert_golden("empty.text", c.buf);
		capture_free(&c);
	}
	sd_arena_free(r->arena);
}

static void findings_below_the_rank_are_counted(void **state)
{
	struct sd_report_opts o = { .min_rank = SD_RANK_MEDIUM, .skip = skip_second };
	struct capture c = report("text", &o);

	(void)state;
	assert_has(c.buf, "statdep finding 1, ");
	assert_has(c.buf, "statdep finding 3, ");
	assert_has_not(c.buf, "statdep finding 2, ");
	assert_has_not(c.buf, "statdep finding 4, ");
	assert_has_not(c.buf, "all sites of");
	assert_has(c.buf, "8 findings: 1 high, 2 medium, 5 low\n");
	assert_has(c.buf, "not shown: 5 below rank medium\n");
	assert_has(c.buf, "not shown: 1 in the baseline\n");
	capture_free(&c);
}

static void text_counts_have_commas_and_lines_have_none(void **state)
{
	struct sd_report_opts o = all_opts();
	struct capture c = report("text", &o);

	(void)state;
	assert_has(c.buf, "analysed 2,930 of 2,931 TUs");
	assert_has(c.buf, "sound/core/timer.c:1985\n");
	assert_has(c.buf, "(3 more: statdep sql ");
	assert_has_not(c.buf, "/nowhere");
	capture_free(&c);
}

/* Consumers find results by these keys: SARIF 2.1.0, sections 3.14, 3.27, 3.36. */
static void sarif_has_what_its_readers_need(void **state)
{
	struct sd_report_opts o = all_opts();
	struct capture c = report("sarif", &o);
	json_t *root = json_loads(c.buf, 0, NULL);
	json_t *run = json_array_get(json_object_get(root, "runs"), 0);
	json_t *result = json_array_get(json_object_get(run, "results"), 0), *driver;
	const char *rule, *level, *uri, *base;
	int index;

	(void)state;
	assert_non_null(root);
	driver = json_object_get(json_object_get(run, "tool"), "driver");
	assert_int_equal(json_array_size(json_object_get(driver, "rules")), SD_K_COUNT);
	assert_int_equal(json_unpack(result, "{s:s, s:i, s:s, s:[{s:{s:{s:s, s:s}}}]}", "ruleId", &rule, "ruleIndex",
				     &index, "level", &level, "locations", "physicalLocation",
				     "artifactLocation", "uri", &uri, "uriBaseId", &base), 0);
	assert_string_equal(rule, "irq-inversion");
	assert_string_equal(level, "error");
	assert_string_equal(uri, "fs/fcntl.c");
	assert_string_equal(base, "SRCROOT");
	assert_int_equal(json_array_size(json_object_get(result, "codeFlows")), 4);
	assert_has(c.buf, "drivers/demo/%3Cbuf%3E.c");
	json_decref(root);
	capture_free(&c);
}

static void html_is_one_page_with_everything_escaped(void **state)
{
	struct sd_report_opts o = all_opts();
	struct capture c = report("html", &o);

	(void)state;
	assert_has(c.buf, "<!DOCTYPE html>");
	assert_has(c.buf, "a &amp; &lt;b&gt; &quot;quoted&quot;");
	assert_has(c.buf, "<svg ");
	assert_has_not(c.buf, "<script");
	assert_has_not(c.buf, "<?xml");
	assert_has_not(c.buf, "src=");
	capture_free(&c);
}

static void source_text_that_is_no_utf8_is_repaired(void **state)
{
	struct sd_results *r = fixture_findings();
	struct sd_report_opts o = all_opts();

	(void)state;
	r->classes[r->findings[0].chain[0]].name = "bad\xffname";
	r->gaps[0].text = "bad\xfe text";
	for (size_t i = 0; sd_reports[i]; i++) {
		struct capture c = capture_start();

		assert_int_equal(sd_reports[i]->write(r, &o, c.file), 0);
		capture_text(&c);
		if (strcmp(sd_reports[i]->name, "text"))
			assert_has_not(c.buf, "\xff");
		capture_free(&c);
	}
	sd_arena_free(r->arena);
}

static void a_full_disk_is_an_error(void **state)
{
	struct sd_results *r = fixture_findings();
	struct sd_report_opts o = all_opts();
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full)
		skip();
	for (size_t i = 0; sd_reports[i]; i++) {
		clearerr(full);
		assert_int_equal(sd_reports[i]->write(r, &o, full), -1);
	}
	fclose(full);
	sd_arena_free(r->arena);
}

/* --- pictures --- */

static struct capture draw(struct sd_results *r, const struct sd_graph_opts *o)
{
	struct capture c = capture_start();
	char *err = NULL;

	if (sd_draw(r, o, c.file, &err))
		fail_msg("%s", err);
	sd_arena_free(r->arena);
	capture_text(&c);
	return c;
}

static void assert_draw_fails(const struct sd_graph_opts *o, const char *why)
{
	struct sd_results *r = fixture_findings();
	struct capture c = capture_start();
	char *err = NULL;

	assert_int_equal(sd_draw(r, o, c.file, &err), -1);
	assert_string_equal(err, why);
	assert_int_equal(strlen(capture_text(&c)), 0);
	capture_free(&c);
	sd_arena_free(r->arena);
	free(err);
}

static void a_finding_is_drawn_with_its_interrupt(void **state)
{
	struct capture c = draw(fixture_findings(), &(struct sd_graph_opts){ .finding = 1, .format = "dot" });

	(void)state;
	assert_has(c.buf, "c8 -> c0");
	assert_has(c.buf, "c0 -> c1");
	assert_has(c.buf, "c1 -> c8");          /* the interrupt: no dependency */
	assert_has(c.buf, "style=dashed");
	assert_has(c.buf, "&amp;timer-&gt;lock");
	assert_has(c.buf, "registered at");
	assert_has(c.buf, "cluster_legend");
	assert_has_not(c.buf, "c2 ");
	capture_free(&c);
}

static void a_circle_is_drawn_closed(void **state)
{
	struct capture c = draw(fixture_findings(), &(struct sd_graph_opts){ .from = "a_lock", .to = "a_lock", .format = "dot" });

	(void)state;
	assert_has(c.buf, "c2 -> c3");
	assert_has(c.buf, "c3 -> c4");
	assert_has(c.buf, "c4 -> c2");
	capture_free(&c);
}

static void neighbours_are_drawn_on_both_sides(void **state)
{
	struct capture c = draw(fixture_findings(), &(struct sd_graph_opts){ .from = "&new->fa_lock", .format = "dot" });

	(void)state;
	assert_has(c.buf, "c8 -> c0");
	assert_has(c.buf, "c0 -> c1");
	capture_free(&c);
}

static void a_path_selects_by_file(void **state)
{
	struct capture c = draw(fixture_findings(), &(struct sd_graph_opts){ .path = "sound/core/", .format = "dot" });

	(void)state;
	assert_has(c.buf, "&amp;timer-&gt;lock");
	assert_has_not(c.buf, "f_owner");
	capture_free(&c);
}

static void forty_classes_draw_as_svg_and_png(void **state)
{
	struct capture svg = draw(fixture_web(40), &(struct sd_graph_opts){ .path = "net", .format = "svg" });
	struct capture png = draw(fixture_web(40), &(struct sd_graph_opts){ .path = "net", .format = "png" });

	(void)state;
	assert_has(svg.buf, "</svg>");
	assert_has(svg.buf, "id=\"g_class39\"");
	assert_memory_equal(png.buf, "\x89PNG", 4);
	capture_free(&svg);
	capture_free(&png);
}

static void what_cannot_be_drawn_says_why(void **state)
{
	(void)state;
	assert_draw_fails(&(struct sd_graph_opts){ .finding = 99, .format = "dot" }, "no finding 99; there are 8");
	assert_draw_fails(&(struct sd_graph_opts){ .finding = 1, .format = "gif" },
			  "no picture format 'gif'; dot, svg and png are known");
	assert_draw_fails(&(struct sd_graph_opts){ .path = "sound/cor", .format = "dot" },
			  "no lock is taken or defined in a file below 'sound/cor'");
	assert_draw_fails(&(struct sd_graph_opts){ .from = "a_lock", .to = "&timer->lock", .format = "dot" },
			  "no dependency path from drivers/demo/a.c:a_lock to snd_timer.lock");
	assert_draw_fails(&(struct sd_graph_opts){ .from = "demo_nod.lock", .format = "dot" },
			  "no lock class 'demo_nod.lock'; nearest: demo_node.lock, demo_buf.lock, demo_stats.lock (&st->lock)");
}

/* --- locks, diff --- */

static void locks_are_golden(void **state)
{
	struct sd_results *r = fixture_findings();
	struct capture all = capture_start(), one = capture_start();
	char *err = NULL;

	(void)state;
	assert_int_equal(sd_locks_write(r, NULL, all.file, &err), 0);
	assert_int_equal(sd_locks_write(r, "&timer->lock", one.file, &err), 0);
	assert_golden("locks.text", capture_text(&all));
	assert_golden("locks-class.text", capture_text(&one));
	capture_free(&all);
	capture_free(&one);
	sd_arena_free(r->arena);
}

static void a_lockdep_name_of_two_classes_is_refused(void **state)
{
	struct sd_results *r = fixture_findings();
	struct capture c = capture_start();
	char *err = NULL;

	(void)state;
	r->classes[7].lockdep_name = "&timer->lock";
	assert_int_equal(sd_locks_write(r, "&timer->lock", c.file, &err), -1);
	assert_string_equal(err, "'&timer->lock' is the name of 2 lock classes; say which: demo_node.lock, snd_timer.lock");
	free(err);
	r->classes[7].name = "demo_stats.lock";         /* now two classes of one name: 6 and 7 */
	err = NULL;
	assert_int_equal(sd_locks_write(r, "demo_stats.lock", c.file, &err), -1);
	assert_string_equal(err, "'demo_stats.lock' is the name of 2 lock classes; say which: demo_stats.lock#1, demo_stats.lock#2");
	free(err);
	err = NULL;
	assert_int_equal(sd_locks_write(r, "demo_stats.lock#2", c.file, &err), 0);
	assert_has(capture_text(&c), "(&timer->lock)");
	capture_free(&c);
	sd_arena_free(r->arena);
}

static void a_diff_knows_new_and_gone(void **state)
{
	struct sd_results *old = fixture_findings(), *new = fixture_findings();
	struct capture c = capture_start(), same = capture_start();

	(void)state;
	new->findings[1].fingerprint = "ffffffffffffffff";
	new->deps[0].kinds = SD_DEP_EN | SD_DEP_SN;
	new->deps[0].wit[3] = new->deps[0].wit[2];
	new->cov.tus_failed = 2;
	assert_int_equal(sd_diff_write(old, new, c.file), 1);
	assert_golden("diff.text", capture_text(&c));
	assert_int_equal(sd_diff_write(old, old, same.file), 0);
	assert_has(capture_text(&same), "findings: 0 new, 0 gone\ndependencies: 0 new, 0 gone\n");
	capture_free(&c);
	capture_free(&same);
	sd_arena_free(old->arena);
	sd_arena_free(new->arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_found_by_name),
		cmocka_unit_test(whole_reports_are_golden),
		cmocka_unit_test(reports_are_the_same_twice),
		cmocka_unit_test(no_findings_still_print_coverage),
		cmocka_unit_test(findings_below_the_rank_are_counted),
		cmocka_unit_test(text_counts_have_commas_and_lines_have_none),
		cmocka_unit_test(sarif_has_what_its_readers_need),
		cmocka_unit_test(html_is_one_page_with_everything_escaped),
		cmocka_unit_test(source_text_that_is_no_utf8_is_repaired),
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(a_finding_is_drawn_with_its_interrupt),
		cmocka_unit_test(a_circle_is_drawn_closed),
		cmocka_unit_test(neighbours_are_drawn_on_both_sides),
		cmocka_unit_test(a_path_selects_by_file),
		cmocka_unit_test(forty_classes_draw_as_svg_and_png),
		cmocka_unit_test(what_cannot_be_drawn_says_why),
		cmocka_unit_test(locks_are_golden),
		cmocka_unit_test(a_lockdep_name_of_two_classes_is_refused),
		cmocka_unit_test(a_diff_knows_new_and_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
