/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.c - other programs: make, mostly. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "scan_int.h"

#define TAIL_LINES 8

/* make's output is read, and the make that may have called us has nothing to do with it. */
static char **environment(void)
{
	char **env = g_get_environ();

	env = g_environ_setenv(env, "LC_ALL", "C", TRUE);
	env = g_environ_unsetenv(env, "MAKEFLAGS");
	env = g_environ_unsetenv(env, "MFLAGS");
	env = g_environ_unsetenv(env, "MAKELEVEL");
	return env;
}

static int spawn(char *const *argv, int out, int errout, GPid *pid, char **err)
{
	char **env = environment();
	GError *e = NULL;
	gboolean good = g_spawn_async_with_fds(NULL, (char **)argv, env,
					       G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
					       NULL, NULL, pid, -1, out, errout, &e);

	g_strfreev(env);
	if (good)
		return 0;
	*err = g_strdup_printf("%s: %s", argv[0], e->message);
	g_error_free(e);
	return -1;
}

static int scratch_file(void)
{
	char *path = NULL;
	int fd = g_file_open_tmp("statdep-XXXXXX", &path, NULL);

	if (fd >= 0)
		unlink(path);
	g_free(path);
	return fd;
}

/* The exit status; a program that a signal ended counts as failed.  Ctrl-C ends the program too. */
static int wait_for(GPid pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
		else if (sd_interrupted())
			kill(pid, SIGTERM);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* The last lines of @fd that say something, each after a newline and two spaces. */
static char *tail_of(int fd)
{
	GString *text = g_string_new("");
	char **lines, buf[4096];
	ssize_t n;
	guint count, from;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		g_string_append_len(text, buf, n);
	lines = g_strsplit(g_strchomp(text->str), "\n", -1);
	count = g_strv_length(lines);
	from = count > TAIL_LINES ? count - TAIL_LINES : 0;
	g_string_truncate(text, 0);
	for (guint i = from; i < count; i++)
		g_string_append_printf(text, "\n  %s", lines[i]);
	g_strfreev(lines);
	return g_string_free(text, FALSE);
}

int sd_run_quiet(char *const *argv, const char *what, char **err)
{
	int fd = scratch_file(), rc;
	GPid pid;
	char *tail;

	if (fd < 0) {
		*err = g_strdup_printf("%s: no room for its output: %s", what, g_strerror(errno));
		return -1;
	}
	rc = spawn(argv, fd, fd, &pid, err);
	if (rc == 0)
		rc = wait_for(pid);
	if (rc > 0) {
		tail = tail_of(fd);
		*err = g_strdup_printf("%s failed:%s", what, tail);
		g_free(tail);
	}
	close(fd);
	return rc ? -1 : 0;
}

/* One line of @f, continuation lines (backslash at the end) joined with a space. */
static bool read_line(FILE *f, GString *line)
{
	static const char eol[] = "\\\n";
	char *buf = NULL;
	size_t room = 0;
	ssize_t n;
	bool more = true, any = false;

	g_string_truncate(line, 0);
	while (more && !sd_interrupted() && (n = getline(&buf, &room, f)) > 0) {
		any = true;
		more = n >= 2 && strcmp(buf + n - 2, eol) == 0;
		g_string_append_len(line, buf, more ? n - 2 : n);
		if (more)
			g_string_append_c(line, ' ');
	}
	free(buf);
	return any;
}

int sd_run_lines(char *const *argv, void (*line)(void *, char *), void *arg, char **err)
{
	int fds[2], errs = scratch_file(), rc;
	GString *text;
	GPid pid;
	FILE *f;

	if (errs < 0 || pipe2(fds, O_CLOEXEC) < 0) {
		*err = g_strdup_printf("%s: %s", argv[0], g_strerror(errno));
		return -1;
	}
	rc = spawn(argv, fds[1], errs, &pid, err);
	close(fds[1]);
	f = fdopen(fds[0], "r");
	if (rc == 0 && f) {
		text = g_string_new("");
		while (read_line(f, text))
			line(arg, text->str);
		g_string_free(text, TRUE);
		if (sd_interrupted())
			kill(pid, SIGTERM);
		rc = wait_for(pid);
		if (rc > 0)
			*err = tail_of(errs);   /* the caller knows whether that is bad */
	}
	fclose(f);
	close(errs);
	return rc;
}
