/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tu.c - parses one translation unit and walks what it defines.
 */
#include <pthread.h>
#include <string.h>
#include "fn.h"
#include "once.h"

#define STACK_SIZE ((size_t)512 << 20)  /* reserved, not touched: nested statements recurse */

struct found_fn { sd_sym name, file; int line; bool header; uint8_t *ir; size_t len; };

bool sd_eval_int(CXCursor c, int64_t *out)
{
	CXEvalResult r = clang_Cursor_Evaluate(c);
	bool ok = false;

	if (!r)
		return false;
	if (clang_EvalResult_getKind(r) == CXEval_Int) {
		*out = clang_EvalResult_getAsLongLong(r);
		if (clang_EvalResult_isUnsignedInt(r))
			*out = (int64_t)clang_EvalResult_getAsUnsigned(r);
		ok = true;
	}
	clang_EvalResult_dispose(r);
	return ok;
}

/* The first time that @d is reached: finds its definition and queues that. */
static void reach_first(struct tu *tu, struct di *d)
{
	CXCursor def;

	d->reached = true;
	if (d->kind == DI_GLOBAL && !d->is_static)
		return;
	if (d->kind == DI_FUNC && (d->taken = sd_once_take(tu->once, d->cur)))
		return;
	def = clang_getCursorDefinition(d->cur);
	if (clang_Cursor_isNull(def))
		return;
	d->def = clang_equalCursors(def, d->cur) ? d : sd_di(tu, def);
	if (d->def != d && d->kind == DI_FUNC && sd_once_take(tu->once, def))
		return;         /* declared again by the TU */
	if (d->def != d && d->def->reached)
		return;
	d->def->reached = true;
	d->def->def = d->def;
	if (d->kind == DI_FUNC)
		g_ptr_array_add(tu->work, d->def);
	else if (d->kind == DI_GLOBAL)
		g_ptr_array_add(tu->gvars, d->def);
}

void sd_reach(struct tu *tu, struct di *d)
{
	if (!d->reached)
		reach_first(tu, d);
	else if (d->taken)
		sd_once_take(tu->once, d->cur);
	if (d->def)
		sd_once_reach(tu->once, d->cur, d->def->cur, d->kind == DI_FUNC);
}

void sd_reach_static(struct tu *tu, struct di *d)
{
	if (!d->reached)
		g_ptr_array_add(tu->gvars, d);
	d->reached = true;
	sd_once_reach(tu->once, d->cur, d->cur, false);
}

static enum CXChildVisitResult by_name(CXCursor c, CXCursor parent, CXClientData data)
{
	struct tu *tu = data;

	(void)parent;
	if (clang_getCursorKind(c) == CXCursor_FunctionDecl)
		g_hash_table_replace(tu->by_name, sd_take(clang_getCursorSpelling(c)), g_memdup2(&c, sizeof(c)));
	return CXChildVisit_Continue;
}

/* The last declaration of a function with this name; made only when a cleanup asks. */
struct di *sd_find_function(struct tu *tu, const char *name)
{
	CXCursor *c;

	if (!tu->by_name) {
		tu->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
		clang_visitChildren(clang_getTranslationUnitCursor(tu->cx), by_name, tu);
	}
	c = g_hash_table_lookup(tu->by_name, name);
	if (!c)
		tu->missed = true;
	return c ? sd_di(tu, *c) : NULL;
}

static bool wants_function(struct tu *tu, CXCursor c)
{
	if (!clang_isCursorDefinition(c))
		return false;
	if (clang_getCursorLinkage(c) == CXLinkage_External && !clang_Cursor_isFunctionInlined(c))
		return true;
	return sd_own_file(tu, c);
}

static enum CXChildVisitResult top_level(CXCursor c, CXCursor parent, CXClientData data)
{
	struct tu *tu = data;

	(void)parent;
	switch (clang_getCursorKind(c)) {
	case CXCursor_FunctionDecl:
		if (wants_function(tu, c))
			sd_reach(tu, sd_di(tu, c));
		break;
	case CXCursor_VarDecl:
		if (clang_Cursor_getStorageClass(c) != CX_SC_Extern && sd_own_file(tu, c)) {
			struct di *d = sd_di(tu, c);

			if (!d->reached)
				g_ptr_array_add(tu->gvars, d);
			d->reached = true;
		}
		break;
	default:
		break;
	}
	return CXChildVisit_Continue;
}

static struct found_fn keep(struct tu *tu, const struct sd_fn *fn)
{
	struct found_fn f = { fn->name, fn->file, fn->line, fn->flags & SD_F_HEADER, NULL, 0 };
	uint8_t *ir = sd_fn_encode(fn, &f.len);

	f.ir = sd_arena_alloc(tu->arena, f.len);
	memcpy(f.ir, ir, f.len);
	g_free(ir);
	g_array_append_val(tu->fns, f);
	return f;
}

static void extract_function(struct tu *tu, struct di *d)
{
	bool open = !sd_own_file(tu, d->cur) && sd_once_open(tu->once, d->cur);
	struct sd_fn *fn = sd_extract_fn(tu, d);
	struct sd_extract_fn copy;

	if (fn) {
		struct found_fn f = keep(tu, fn);

		copy = (struct sd_extract_fn){ sd_sym_str(tu->syms, f.name), sd_sym_str(tu->syms, f.file), f.line, f.ir, f.len };
	}
	if (open)
		sd_once_keep(tu->once, fn ? &copy : NULL);
}

static gint var_order(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct di *x = *(struct di *const *)a, *y = *(struct di *const *)b;
	struct tu *tu = data;
	unsigned l, m, o, p;
	int r = strcmp(sd_sym_str(tu->syms, sd_file_of(tu, x->cur, &l, &o)), sd_sym_str(tu->syms, sd_file_of(tu, y->cur, &m, &p)));

	if (r)
		return r;
	if (o != p)
		return o < p ? -1 : 1;
	return strcmp(sd_sym_str(tu->syms, x->name), sd_sym_str(tu->syms, y->name));
}

/* What functions reached, sorted: the order of reaching depends on what was cached. */
static void extract_late_vars(struct tu *tu, guint from)
{
	if (from < tu->gvars->len)
		g_qsort_with_data(tu->gvars->pdata + from, (gint)(tu->gvars->len - from), sizeof(gpointer), var_order, tu);
	for (guint v = from; v < tu->gvars->len; v++)
		sd_extract_var(tu, tu->gvars->pdata[v]);
}

static void take_fn(void *arg, const struct sd_extract_fn *f)
{
	struct tu *tu = arg;
	struct found_fn found = { sd_intern(tu->syms, f->name), sd_intern(tu->syms, f->file), f->line, true, NULL, f->irlen };

	found.ir = sd_arena_alloc(tu->arena, f->irlen);
	memcpy(found.ir, f->ir, f->irlen);
	g_array_append_val(tu->fns, found);
}

static void take_var(void *arg, const struct sd_once_var *v)
{
	struct tu *tu = arg;
	const struct sd_ir_gvar g = {
		.name = sd_intern(tu->syms, v->name), .type = sd_intern(tu->syms, v->type), .line = v->line,
		.is_array = v->is_array, .is_static = v->is_static,
	};

	g_array_append_val(tu->gvar_list, g);
}

static gint gvar_order(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct sd_ir_gvar *x = a, *y = b;
	int r = strcmp(sd_sym_str(data, x->name), sd_sym_str(data, y->name));

	return r ? r : x->line < y->line ? -1 : x->line > y->line;
}

/*
 * Functions and variables reach further ones: until nothing is added.  The TU's own variables
 * come first and in order; those found later are looked at twice, first for what they reach.
 */
static void extract_all(struct tu *tu)
{
	struct low *real = tu->globals, *scratch = sd_low_new(tu, real->name, real->file);
	guint f = 0, v = 0, own = tu->gvars->len, listed;

	while (v < own)
		sd_extract_var(tu, tu->gvars->pdata[v++]);
	listed = tu->gvar_list->len;
	own = v;
	tu->globals = scratch;
	while (f < tu->work->len || v < tu->gvars->len) {
		if (v < tu->gvars->len)
			sd_extract_var(tu, tu->gvars->pdata[v++]);
		else
			extract_function(tu, tu->work->pdata[f++]);
	}
	tu->globals = real;
	g_array_set_size(tu->gvar_list, listed);
	extract_late_vars(tu, own);
	sd_once_taken(tu->once, take_fn, take_var, tu);
	if (listed < tu->gvar_list->len)
		g_qsort_with_data(&g_array_index(tu->gvar_list, struct sd_ir_gvar, listed), (gint)(tu->gvar_list->len - listed),
				  sizeof(struct sd_ir_gvar), gvar_order, tu->syms);
	keep(tu, sd_extract_globals(tu));
	sd_low_free(scratch);
}

static gint found_order(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct found_fn *x = a, *y = b;
	const struct sd_strtab *t = data;
	int r;

	if (x->header != y->header)
		return x->header ? 1 : -1;
	r = strcmp(sd_sym_str(t, x->file), sd_sym_str(t, y->file));
	if (r)
		return r;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(sd_sym_str(t, x->name), sd_sym_str(t, y->name));
}

static void give_functions(struct tu *tu, struct sd_extract_out *out)
{
	g_array_sort_with_data(tu->fns, found_order, tu->syms);
	out->nfns = tu->fns->len;
	out->fns = sd_arena_alloc(tu->arena, (out->nfns + 1) * sizeof(*out->fns));
	for (guint i = 0; i < tu->fns->len; i++) {
		struct found_fn *f = &g_array_index(tu->fns, struct found_fn, i);

		out->fns[i] = (struct sd_extract_fn){
			.name = sd_arena_strdup(tu->arena, sd_sym_str(tu->syms, f->name)),
			.file = sd_arena_strdup(tu->arena, sd_sym_str(tu->syms, f->file)),
			.line = f->line, .ir = f->ir, .irlen = f->len };
	}
}

static char *diagnostic_text(struct tu *tu, CXDiagnostic d)
{
	char *what = sd_take(clang_getDiagnosticSpelling(d)), *r;
	unsigned line;
	CXFile f;

	clang_getExpansionLocation(clang_getDiagnosticLocation(d), &f, &line, NULL, NULL);
	if (f)
		r = sd_arena_printf(tu->arena, "%s:%u: %s", sd_sym_str(tu->syms, sd_file_sym(tu, f)), line, what);
	else
		r = sd_arena_strdup(tu->arena, what);
	g_free(what);
	return r;
}

static void diagnostics(struct tu *tu, struct sd_extract_out *out)
{
	unsigned n = clang_getNumDiagnostics(tu->cx);

	for (unsigned i = 0; i < n; i++) {
		CXDiagnostic d = clang_getDiagnostic(tu->cx, i);
		enum CXDiagnosticSeverity sev = clang_getDiagnosticSeverity(d);

		if (sev == CXDiagnostic_Fatal && !out->reason)
			out->reason = diagnostic_text(tu, d);
		if (sev >= CXDiagnostic_Error) {
			out->nerrors++;
			if (!out->first_error)
				out->first_error = diagnostic_text(tu, d);
		}
		clang_disposeDiagnostic(d);
	}
}

struct deps { const char *directory; struct sd_arena *arena; GPtrArray *paths; GHashTable *seen; };

static void add_dep(CXFile f, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
	struct deps *d = data;
	char *name = sd_take(clang_getFileName(f));
	char *abs = g_canonicalize_filename(name, d->directory);

	(void)stack;
	(void)depth;
	if (g_hash_table_add(d->seen, abs))
		g_ptr_array_add(d->paths, sd_arena_strdup(d->arena, abs));
	g_free(name);
}

static gint path_order(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void sd_give_deps(const struct sd_extract_in *in, CXTranslationUnit cx, const char *main_path, struct sd_arena *arena,
		  const char ***deps, size_t *ndeps)
{
	struct deps d = { in->directory ? in->directory : "/", arena, g_ptr_array_new(),
			  g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };

	g_hash_table_add(d.seen, g_strdup(main_path));
	clang_getInclusions(cx, add_dep, &d);
	g_ptr_array_sort(d.paths, path_order);
	*ndeps = d.paths->len + 1;
	*deps = sd_arena_alloc(arena, *ndeps * sizeof(**deps));
	(*deps)[0] = sd_arena_strdup(arena, main_path);
	for (guint i = 0; i < d.paths->len; i++)
		(*deps)[i + 1] = d.paths->pdata[i];
	g_ptr_array_free(d.paths, TRUE);
	g_hash_table_destroy(d.seen);
}

/* Arguments that only make sense for a compilation that writes something. */
static bool is_dropped(const char *a)
{
	return g_str_has_prefix(a, "-Wp,-M") || !strcmp(a, "-MD") || !strcmp(a, "-MMD") || !strcmp(a, "-MP") || g_str_has_prefix(a, "-Werror") || !strcmp(a, "-c") ||
	       g_str_has_prefix(a, "-fplugin") || !strcmp(a, "-fconserve-stack") ||
	       /* where the members lie is of no interest, and the seed is a file of the build */
	       g_str_has_prefix(a, "-frandomize-layout-seed") || g_str_has_prefix(a, "-fdump-") || g_str_has_prefix(a, "-save-temps");
}

static bool takes_dropped_value(const char *a)
{
	return !strcmp(a, "-o") || !strcmp(a, "-MF") || !strcmp(a, "-MT") || !strcmp(a, "-MQ");
}

const char *sd_pch_of(const struct sd_extract_in *in)
{
	for (size_t i = 0; i + 1 < in->nargs; i++)
		if (!strcmp(in->args[i], "-include-pch"))
			return in->args[i + 1];
	return NULL;
}

GPtrArray *sd_arguments(const struct sd_extract_in *in, const char *main_path)
{
	GPtrArray *v = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(v, g_strdup("clang"));
	if (in->directory)
		g_ptr_array_add(v, g_strdup_printf("-working-directory=%s", in->directory));
	for (size_t i = 0; i < in->nargs; i++) {
		if (takes_dropped_value(in->args[i]) && i + 1 < in->nargs)
			i++;
		else if (!is_dropped(in->args[i]))
			g_ptr_array_add(v, g_strdup(in->args[i]));
	}
	g_ptr_array_add(v, g_strdup("-w"));
	g_ptr_array_add(v, g_strdup("-Qunused-arguments"));
	/* with a precompiled header one error is as good as many: it is parsed again without */
	g_ptr_array_add(v, g_strdup(sd_pch_of(in) && !in->all_errors ? "-Wfatal-errors" : "-ferror-limit=0"));
	g_ptr_array_add(v, g_strdup(main_path));
	return v;
}

static const char *parse_failure(enum CXErrorCode e)
{
	switch (e) {
	case CXError_Crashed:
		return "libclang crashed while parsing";
	case CXError_ASTReadError:
		return "libclang could not read the file's AST or precompiled header";
	case CXError_InvalidArguments:
		return "libclang refused the compiler's arguments";
	default:
		return "libclang could not parse the file";
	}
}

static void tu_init(struct tu *tu, const char *main_path)
{
	CXFile f = clang_getFile(tu->cx, main_path);
	char *name;

	tu->types = g_hash_table_new(NULL, NULL);
	tu->decls = g_hash_table_new(NULL, NULL);
	tu->statics = g_hash_table_new(NULL, NULL);
	tu->work = g_ptr_array_new();
	tu->gvars = g_ptr_array_new();
	tu->text_of = g_hash_table_new(NULL, NULL);
	tu->texts = sd_texts_new();
	tu->kept_texts = sd_once_texts(tu->in->cache);
	tu->fns = g_array_new(FALSE, FALSE, sizeof(struct found_fn));
	tu->gvar_list = g_array_new(FALSE, FALSE, sizeof(struct sd_ir_gvar));
	tu->main_file = sd_file_sym(tu, f);
	name = g_strconcat("@globals@", sd_sym_str(tu->syms, tu->main_file), NULL);
	tu->globals = sd_low_new(tu, sd_intern(tu->syms, name), tu->main_file);
	g_free(name);
}

static void tu_free(struct tu *tu)
{
	g_hash_table_destroy(tu->types);
	g_hash_table_destroy(tu->decls);
	g_hash_table_destroy(tu->statics);
	g_hash_table_destroy(tu->text_of);
	g_hash_table_destroy(tu->texts);
	g_ptr_array_free(tu->work, TRUE);
	g_ptr_array_free(tu->gvars, TRUE);
	g_array_free(tu->fns, TRUE);
	g_array_free(tu->gvar_list, TRUE);
	sd_low_free(tu->globals);
	if (tu->by_name)
		g_hash_table_destroy(tu->by_name);
}

static void run(struct tu *tu, const char *main_path, struct sd_extract_out *out)
{
	memset(out, 0, sizeof(*out));
	diagnostics(tu, out);
	if (out->nerrors && sd_pch_of(tu->in)) {  /* names may have collided: the caller parses again without */
		out->reason = out->first_error;
		return;
	}
	sd_give_deps(tu->in, tu->cx, main_path, tu->arena, &out->deps, &out->ndeps);
	if (out->reason)
		return;
	tu_init(tu, main_path);
	tu->once = sd_once_begin(tu->in->cache, sd_pch_of(tu->in));
	clang_visitChildren(clang_getTranslationUnitCursor(tu->cx), top_level, tu);
	extract_all(tu);
	give_functions(tu, out);
	sd_once_end(tu->once, !tu->missed);
	tu_free(tu);
}

struct job { const struct sd_extract_in *in; struct sd_arena *arena; struct sd_extract_out *out; };

/* One parse.  @local: declarations that come from a precompiled header are not walked, only followed to. */
static bool extract_once(struct job *j, const char *main_path, GPtrArray *args, bool local)
{
	struct tu tu = { .in = j->in, .arena = j->arena, .tmp = sd_arena_new(), .syms = sd_strtab_new() };
	CXIndex index = clang_createIndex(local, 0);
	enum CXErrorCode e;

	tu.files = g_hash_table_new(NULL, NULL);
	e = clang_parseTranslationUnit2FullArgv(index, NULL, (const char *const *)args->pdata, (int)args->len,
						NULL, 0, CXTranslationUnit_None, &tu.cx);
	if (e && !g_file_test(main_path, G_FILE_TEST_EXISTS))
		j->out->reason = sd_arena_printf(j->arena, "%s: no such file; it may be one that the build generates", j->in->file);
	else if (e)
		j->out->reason = sd_arena_printf(j->arena, "%s: %s", j->in->file, parse_failure(e));
	else
		run(&tu, main_path, j->out);
	if (tu.cx)
		clang_disposeTranslationUnit(tu.cx);
	clang_disposeIndex(index);
	g_hash_table_destroy(tu.files);
	sd_strtab_free(tu.syms);
	sd_arena_free(tu.tmp);
	return !tu.missed;
}

/*
 * Walking every declaration of a precompiled header costs more than all the rest, and is only
 * needed to find cleanup functions by their name: so it is done when one was not found.
 */
static void *extract(void *data)
{
	struct job *j = data;
	char *main_path = g_canonicalize_filename(j->in->file, j->in->directory ? j->in->directory : "/");
	GPtrArray *args = sd_arguments(j->in, main_path);

	if (!extract_once(j, main_path, args, true) && sd_pch_of(j->in))
		extract_once(j, main_path, args, false);
	g_ptr_array_free(args, TRUE);
	g_free(main_path);
	return NULL;
}

int sd_extract_tu(const struct sd_extract_in *in, struct sd_arena *arena, struct sd_extract_out *out)
{
	struct job j = { in, arena, out };
	pthread_attr_t attr;
	pthread_t t;

	memset(out, 0, sizeof(*out));
	pthread_attr_init(&attr);
	if (pthread_attr_setstacksize(&attr, STACK_SIZE) || pthread_create(&t, &attr, extract, &j))
		extract(&j);
	else
		pthread_join(t, NULL);
	pthread_attr_destroy(&attr);
	return out->reason ? -1 : 0;
}

const char *sd_extract_version(struct sd_arena *arena)
{
	char *v = sd_take(clang_getClangVersion());
	const char *r = sd_arena_strdup(arena, v);

	g_free(v);
	return r;
}
