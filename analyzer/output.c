/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output.c - a report appears whole or not at all. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "cmd.h"

int sd_output_open(struct sd_output *o, const char *path, char **err)
{
	mode_t mask;
	int fd;

	memset(o, 0, sizeof(*o));
	o->f = stdout;
	if (!path || strcmp(path, "-") == 0)
		return 0;
	o->path = g_strdup(path);
	/* /dev/stdout and their like are written, not replaced */
	if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		o->f = fopen(path, "w");
	} else {
		o->temp = g_strconcat(path, ".XXXXXX", NULL);
		fd = g_mkstemp(o->temp);
		mask = umask(0);
		umask(mask);
		if (fd >= 0)
			fchmod(fd, 0666 & ~mask);
		o->f = fd < 0 ? NULL : fdopen(fd, "w");
	}
	if (o->f)
		return 0;
	*err = g_strdup_printf("%s: cannot be written: %s", path, g_strerror(errno));
	g_free(o->path);
	g_free(o->temp);
	return -1;
}

int sd_output_close(struct sd_output *o, bool drop, char **err)
{
	bool bad;

	if (o->f == stdout)
		return 0;
	bad = ferror(o->f) != 0;
	bad = fclose(o->f) != 0 || bad;
	if (o->temp && (bad || drop))
		g_unlink(o->temp);
	else if (o->temp)
		bad = g_rename(o->temp, o->path) != 0;
	if (bad && !drop && !*err)
		*err = g_strdup_printf("%s: cannot be written: %s", o->path, g_strerror(errno));
	g_free(o->temp);
	g_free(o->path);
	return bad && !drop ? -1 : 0;
}

int sd_output_write(const char *path, int (*write)(void *, FILE *, char **err), void *arg)
{
	struct sd_output o;
	char *err = NULL;
	int code;

	if (sd_output_open(&o, path, &err))
		return sd_cmd_fail(err);
	code = write(arg, o.f, &err);
	if (sd_output_close(&o, code == SD_EXIT_WRONG, &err) || code == SD_EXIT_WRONG)
		return sd_cmd_fail(err);
	g_free(err);
	return code;
}
