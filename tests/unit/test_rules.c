/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_rules.c - the reader of rules files: fields, lookup, overrides, our own files, bad ones (tests/rules/). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>
#include "rules.h"

#define RULES_DIR SD_SOURCE_DIR "/rules"
#define BAD_DIR SD_TESTS_DIR "/rules"

/* Rules out of strings, each a user's file; the errors are left in @messages. */
static char *messages;
static size_t messages_len;

static struct sd_rules *load_texts(int *errors, const char *const *texts, size_t n)
{
	const char *paths[4];
	struct sd_rules *r;
	FILE *err = open_memstream(&messages, &messages_len);
	char *dir = g_dir_make_tmp("statdep-rules-XXXXXX", NULL);

	assert_true(n <= G_N_ELEMENTS(paths));
	for (size_t i = 0; i < n; i++) {
		paths[i] = g_strdup_printf("%s/%zu.rules", dir, i);
		assert_true(g_file_set_contents(paths[i], texts[i], -1, NULL));
	}
	*errors = sd_rules_load(&r, NULL, paths, n, err);
	fclose(err);
	for (size_t i = 0; i < n; i++) {
		g_unlink(paths[i]);
		g_free((char *)paths[i]);
	}
	g_rmdir(dir);
	g_free(dir);
	return r;
}

static struct sd_rules *load_text(const char *text)
{
	int errors;
	struct sd_rules *r = load_texts(&errors, &text, 1);

	assert_string_equal(messages, "");
	assert_int_equal(errors, 0);
	free(messages);
	return r;
}

static const struct sd_rule *only(const struct sd_rules *r, const char *function)
{
	struct sd_rule *const *rows = sd_rules_for(r, function);

	assert_non_null(rows);
	assert_non_null(rows[0]);
	assert_null(rows[1]);
	return rows[0];
}

static struct sd_rules *ours(void)
{
	struct sd_rules *r;

	assert_int_equal(sd_rules_load(&r, RULES_DIR, NULL, 0, stderr), 0);
	return r;
}

static void an_acquire_has_all_its_fields(void **state)
{
	struct sd_rules *r = load_text("acquire f lock=$1->a.b mode=r@task,R@irq hardirq=save(*$2) softirq=off preempt=off "
				       "held-if=ret==0 if=!$4&0x80 subclass=$3 nest=$5 type=mutex # whence\n"
				       "release g lock=&glob.x type=mutex hardirq=restore($2)\n");
	const struct sd_rule *f = only(r, "f"), *g = only(r, "g");

	(void)state;
	assert_int_equal(f->word, SD_R_ACQUIRE);
	assert_int_equal(f->lock.root.kind, SD_O_ARG);
	assert_int_equal(f->lock.root.arg, 0);
	assert_int_equal(f->lock.nmember, 2);
	assert_string_equal(f->lock.member[1], "b");
	assert_true(f->lock.deref_first);
	assert_int_equal(f->mode_task, SD_MODE_r);
	assert_int_equal(f->mode_irq, SD_MODE_R);
	assert_int_equal(f->hardirq.flip, SD_FLIP_SAVE);
	assert_true(f->hardirq.opnd.deref);
	assert_int_equal(f->hardirq.opnd.arg, 1);
	assert_int_equal(f->softirq.flip, SD_FLIP_OFF);
	assert_true(f->preempt_off && !f->preempt_on);
	assert_int_equal(f->held_if.cmp, SD_CMP_EQ);
	assert_int_equal(f->held_if.opnd.kind, SD_O_RET);
	assert_int_equal(f->when.cmp, SD_CMP_NMASK);
	assert_int_equal(f->when.num, 0x80);
	assert_int_equal(f->subclass.arg, 2);
	assert_int_equal(f->nest.arg, 4);
	assert_string_equal(f->comment, "whence");
	assert_int_equal(f->line, 1);
	assert_string_equal(g->lock.global, "glob");
	assert_int_equal(g->mode_task, SD_MODE_W);
	assert_int_equal(g->hardirq.flip, SD_FLIP_RESTORE);
	sd_rules_free(r);
}

static void an_entry_has_all_its_fields(void **state)
{
	struct sd_rules *r = load_text("entry reg call=$2 arg=$5@2 object=$1 context=hardirq irqs=off bh=on role=irq_handler\n"
				       "entry rec::fn context=softirq arg=self object=self dispatch\n");
	const struct sd_rule *f = only(r, "reg");
	struct sd_rule *const *m = sd_rules_for_member(r, "rec", "fn");

	(void)state;
	assert_int_equal(f->call.arg, 1);
	assert_int_equal(f->call_arg, 4);
	assert_int_equal(f->call_param, 1);
	assert_int_equal(f->object.arg, 0);
	assert_int_equal(f->context, SD_CTX_HARDIRQ);
	assert_int_equal(f->irqs, SD_TRI_OFF);
	assert_int_equal(f->bhs, SD_TRI_ON);
	assert_string_equal(f->role, "irq_handler");
	assert_non_null(m);
	assert_int_equal(m[0]->call_arg, SD_ARG_SELF);
	assert_true(m[0]->has_object && m[0]->dispatch);
	assert_int_equal(m[0]->object.kind, SD_O_NONE);
	assert_int_equal(m[0]->call.kind, SD_O_NONE);
	assert_int_equal(m[0]->irqs, SD_TRI_UNKNOWN);
	sd_rules_free(r);
}

/* A trylock is taken when it returns true, unless it says otherwise. */
static void a_trylock_has_a_usual_result(void **state)
{
	struct sd_rules *r = load_text("try a lock=$1\ntry b lock=$1 held-if=ret==0\ntry c lock=$1 held-if=always\n"
				       "release a_un lock=$1\nrelease b_un lock=$1\nrelease c_un lock=$1\n");

	(void)state;
	assert_int_equal(only(r, "a")->held_if.cmp, SD_CMP_NE);
	assert_int_equal(only(r, "a")->held_if.opnd.kind, SD_O_RET);
	assert_int_equal(only(r, "b")->held_if.cmp, SD_CMP_EQ);
	assert_int_equal(only(r, "c")->held_if.cmp, SD_CMP_ALWAYS);
	sd_rules_free(r);
}

static void the_most_exact_name_wins_word_by_word(void **state)
{
	struct sd_rules *r = load_text("entry ops::* context=task\nentry ops::tx context=softirq\nentry ops::rx_* context=hardirq\n"
				       "skip foo_*\nskip foo_bar_*\npure foo_bar_x\n");
	struct sd_rule *const *rows;

	(void)state;
	assert_int_equal(sd_rules_for_member(r, "ops", "open")[0]->context, SD_CTX_TASK);
	assert_int_equal(sd_rules_for_member(r, "ops", "tx")[0]->context, SD_CTX_SOFTIRQ);
	assert_null(sd_rules_for_member(r, "ops", "tx")[1]);
	assert_int_equal(sd_rules_for_member(r, "ops", "rx_a")[0]->context, SD_CTX_HARDIRQ);
	assert_null(sd_rules_for_member(r, "other", "open"));
	assert_null(sd_rules_for(r, "open"));
	rows = sd_rules_for(r, "foo_bar_x");
	assert_int_equal(rows[0]->word, SD_R_PURE);
	assert_string_equal(rows[1]->name, "foo_bar_*");
	assert_null(rows[2]);
	assert_ptr_equal(rows, sd_rules_for(r, "foo_bar_x"));
	sd_rules_free(r);
}

static void override_replaces_and_none_removes(void **state)
{
	const char *texts[] = {
		"acquire f lock=$1 type=mutex\nrelease g lock=$1 type=mutex\nskip s\nskip t_*\n",
		"override acquire f lock=$2 type=mutex\nacquire f lock=$3 type=mutex\noverride skip s none\noverride skip t_x none\n",
	};
	int errors;
	struct sd_rules *r = load_texts(&errors, texts, 2);
	struct sd_rule *const *rows = sd_rules_for(r, "f");

	(void)state;
	assert_int_equal(errors, 0);
	assert_int_equal(rows[0]->lock.root.arg, 1);
	assert_int_equal(rows[1]->lock.root.arg, 2);
	assert_null(rows[2]);
	assert_true(rows[0]->is_user);
	assert_null(sd_rules_for(r, "s"));
	assert_null(sd_rules_for(r, "t_x"));
	assert_non_null(sd_rules_for(r, "t_y"));
	sd_rules_free(r);
	free(messages);
}

static void good_rows_survive_bad_ones(void **state)
{
	const char *text = "aquire f lock=$1\n\nacquire f lock=$1\nrelease f_un lock=$1";
	int errors;
	struct sd_rules *r = load_texts(&errors, &text, 1);
	size_t n;

	(void)state;
	assert_int_equal(errors, 1);
	assert_non_null(strstr(messages, "0.rules:1: unknown word 'aquire'; did you mean 'acquire'?\n"));
	sd_rules_all(r, &n);
	assert_int_equal(n, 2);
	sd_rules_free(r);
	free(messages);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	const char *path = "statdep-test-nul.rules";
	struct sd_rules *r;
	FILE *err = open_memstream(&messages, &messages_len);

	(void)state;
	assert_true(g_file_set_contents(path, "skip a\0b\nskip c\r\n", 16, NULL));
	assert_int_equal(sd_rules_load(&r, NULL, &path, 1, err), 1);
	fclose(err);
	assert_string_equal(messages, "statdep-test-nul.rules:1: a NUL byte; rules files are text\n");
	assert_non_null(sd_rules_for(r, "c"));
	sd_rules_free(r);
	g_unlink(path);
	free(messages);
}

static void a_missing_file_is_an_error(void **state)
{
	const char *path = "no-such.rules";
	struct sd_rules *r;
	FILE *err = open_memstream(&messages, &messages_len);

	(void)state;
	assert_int_equal(sd_rules_load(&r, NULL, &path, 1, err), 1);
	fclose(err);
	assert_string_equal(messages, "no-such.rules: cannot be read: No such file or directory\n");
	sd_rules_free(r);
	free(messages);
}

static void the_hash_follows_the_rows(void **state)
{
	struct sd_rules *a = ours(), *b = ours();
	const char *user = BAD_DIR "/good.rules";
	struct sd_rules *c;

	(void)state;
	assert_true(sd_rules_hash(a) == sd_rules_hash(b));
	assert_int_equal(sd_rules_load(&c, RULES_DIR, &user, 1, stderr), 0);
	assert_true(sd_rules_hash(a) != sd_rules_hash(c));
	sd_rules_free(a);
	sd_rules_free(b);
	sd_rules_free(c);
}

static enum sd_rule_word first_word(const struct sd_rules *r, const char *function)
{
	struct sd_rule *const *rows = sd_rules_for(r, function);

	return rows ? rows[0]->word : SD_R_WORDS;
}

static void ours_know_the_locking_api(void **state)
{
	struct sd_rules *r = ours();

	(void)state;
	assert_int_equal(first_word(r, "spin_lock"), SD_R_ACQUIRE);
	assert_int_equal(only(r, "_raw_spin_lock_irqsave")->hardirq.flip, SD_FLIP_SAVE);
	assert_int_equal(only(r, "spin_unlock_irqrestore")->hardirq.opnd.arg, 1);
	assert_int_equal(only(r, "_raw_read_lock")->mode_irq, SD_MODE_R);
	assert_int_equal(only(r, "mutex_lock_interruptible_nested")->held_if.cmp, SD_CMP_EQ);
	assert_int_equal(only(r, "down_trylock")->held_if.cmp, SD_CMP_EQ);
	assert_true(only(r, "downgrade_write")->downgrade);
	assert_int_equal(first_word(r, "spinlock_check"), SD_R_SAME);
	assert_int_equal(first_word(r, "__x64_sys_open"), SD_R_ENTRY);
	assert_int_equal(sd_rules_for_member(r, "spinlock", "rlock")[0]->word, SD_R_INNER);
	assert_true(sd_rules_for_member(r, "file_operations", "open")[0]->dispatch);
	assert_false(sd_rules_for_member(r, "file_operations", "mmap")[0]->dispatch);
	sd_rules_free(r);
}

/* tests/rules/NAME.rules and the messages it gives, NAME.expect. */
static void check_fixture(const char *name)
{
	char *rules = g_strconcat(name, ".rules", NULL), *expect = g_strconcat(name, ".expect", NULL), *want;
	const char *path = rules;
	struct sd_rules *r;
	FILE *err = open_memstream(&messages, &messages_len);
	int errors = sd_rules_load(&r, NULL, &path, 1, err), lines = 0;

	fclose(err);
	assert_true(g_file_get_contents(expect, &want, NULL, NULL));
	assert_string_equal(messages, want);
	for (const char *p = messages; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(errors, lines);
	sd_rules_free(r);
	free(messages);
	g_free(want);
	g_free(rules);
	g_free(expect);
}

static void bad_files_give_their_messages(void **state)
{
	GDir *d = g_dir_open(BAD_DIR, 0, NULL);
	const char *file;
	int n = 0;
	char *cwd = g_get_current_dir();

	(void)state;
	assert_non_null(d);
	assert_int_equal(chdir(BAD_DIR), 0);
	while ((file = g_dir_read_name(d))) {
		if (!g_str_has_suffix(file, ".rules"))
			continue;
		char *name = g_strndup(file, strlen(file) - strlen(".rules"));
		check_fixture(name);
		g_free(name);
		n++;
	}
	g_dir_close(d);
	assert_int_equal(chdir(cwd), 0);
	g_free(cwd);
	assert_true(n >= 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_acquire_has_all_its_fields),
		cmocka_unit_test(an_entry_has_all_its_fields),
		cmocka_unit_test(a_trylock_has_a_usual_result),
		cmocka_unit_test(the_most_exact_name_wins_word_by_word),
		cmocka_unit_test(override_replaces_and_none_removes),
		cmocka_unit_test(good_rows_survive_bad_ones),
		cmocka_unit_test(bytes_that_are_no_text_are_refused),
		cmocka_unit_test(a_missing_file_is_an_error),
		cmocka_unit_test(the_hash_follows_the_rows),
		cmocka_unit_test(ours_know_the_locking_api),
		cmocka_unit_test(bad_files_give_their_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
