/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_check_rules.c - statdep check-rules: the given files by themselves, or ours */
#include "cmd.h"
#include "rules.h"

int cmd_check_rules(int argc, char **argv)
{
	char *dir = NULL, *err = NULL, *option = NULL;
	const GOptionEntry entries[] = {
		{ "rules-dir", 0, 0, G_OPTION_ARG_FILENAME, &option, "read the rules there first", "DIR" },
		G_OPTION_ENTRY_NULL
	};
	struct sd_rules *rules = NULL;
	int code = sd_cmd_parse("check-rules", &argc, &argv, entries, NULL, 0, -1);

	if (code)
		return code;
	if (argc == 1 || option)
		dir = sd_rules_dir(option, &err);
	if (!err && sd_rules_load(&rules, dir, (const char *const *)argv + 1, (size_t)argc - 1, stderr))
		code = SD_EXIT_WRONG;
	sd_rules_free(rules);
	g_free(dir);
	g_free(option);
	return err ? sd_cmd_fail(err) : code;
}
