/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump_ir FILE ARGS...: the IR of one file, decoded from its stored form.  For tests/ir/run.sh. */
#include <stdio.h>
#include <unistd.h>
#include "extract.h"

int main(int argc, char **argv)
{
	char dir[4096];
	struct sd_arena *arena = sd_arena_new();
	struct sd_extract_out out;
	struct sd_extract_in in = { .directory = getcwd(dir, sizeof(dir)), .srcroot = dir };

	if (argc < 2 || !in.directory)
		return 2;
	in.file = argv[1];
	in.args = (const char *const *)argv + 2;
	in.nargs = (size_t)argc - 2;
	if (sd_extract_tu(&in, arena, &out)) {
		printf("failed: %s\n", out.reason);
		return 1;
	}
	if (out.first_error)
		printf("error: %s\n", out.first_error);
	for (size_t i = 0; i < out.nfns; i++) {
		struct sd_strtab *syms = sd_strtab_new();
		const char *why;
		struct sd_fn *fn = sd_fn_decode(out.fns[i].ir, out.fns[i].irlen, arena, syms, &why);

		if (fn)
			sd_fn_print(fn, stdout);
		else
			printf("%s: %s\n", out.fns[i].name, why);
		sd_strtab_free(syms);
	}
	sd_arena_free(arena);
	return 0;
}
