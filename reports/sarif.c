/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sarif.c - SARIF 2.1.0 (OASIS standard, 27 March 2020), for code review tools.
 *
 * One rule per kind of finding, one result per finding; every witness is a code flow, outermost
 * call first because that is the order in which it runs.  URIs are relative to SRCROOT, whose
 * place is left to the reader: absolute paths never leave the machine.
 */
#include <string.h>
#include "jsonutil.h"
#include "view.h"

#define SARIF_SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static json_t *message(const char *text)
{
	return json_pack("{so}", "text", sd_json_str(text));
}

/* Generated files are relative to the object tree; db/README.md: their names start with "obj:". */
static json_t *physical(const char *file, int line)
{
	bool generated = g_str_has_prefix(file, "obj:");
	char *uri = g_uri_escape_string(generated ? file + 4 : file, "/", FALSE);
	json_t *o = json_pack("{s{so ss}}", "artifactLocation", "uri", sd_json_str(uri), "uriBaseId",
			      generated ? "OBJROOT" : "SRCROOT");

	if (line > 0)
		json_object_set_new(o, "region", json_pack("{si}", "startLine", line));
	g_free(uri);
	return o;
}

static json_t *location(const struct sd_step *s, const char *text)
{
	json_t *o = json_object();

	if (*s->file)
		json_object_set_new(o, "physicalLocation", physical(s->file, s->line));
	if (*s->function)
		json_object_set_new(o, "logicalLocations",
				    json_pack("[{so ss}]", "name", sd_json_str(s->function), "kind", "function"));
	if (text)
		json_object_set_new(o, "message", message(text));
	return o;
}

static char *step_text(const struct sd_witness *w, size_t i)
{
	const struct sd_step *s = &w->steps[i];
	GString *t = g_string_new(NULL);

	if (i + 1 == w->nsteps && *w->entry)
		g_string_append_printf(t, "entered: %s; ", w->entry);
	if (i == 0)
		g_string_append_printf(t, "%s: in %s", w->role, s->function);
	else
		g_string_append_printf(t, "%s calls %s", s->function, w->steps[i - 1].function);
	if (*s->via)
		g_string_append_printf(t, " through %s", s->via);
	return g_string_free(t, FALSE);
}

static json_t *code_flow(const struct sd_witness *w)
{
	json_t *steps = json_array(), *flow;

	for (size_t i = w->nsteps; i-- > 0; ) {
		char *text = step_text(w, i);

		json_array_append_new(steps, json_pack("{so sI ss}", "location", location(&w->steps[i], text),
						       "nestingLevel", (json_int_t)(w->nsteps - 1 - i),
						       "importance", i ? "important" : "essential"));
		g_free(text);
	}
	flow = json_pack("{so s[{so}]}", "message", message(w->role), "threadFlows", "locations", steps);
	return flow;
}

static const char *level(enum sd_rank rank)
{
	static const char *const name[3] = { "error", "warning", "note" };

	return name[rank];
}

static char *result_text(const struct sd_results *r, const struct sd_finding *f)
{
	GString *t = g_string_new(f->title);

	if (f->nchain > 1) {
		g_string_append(t, ". Chain:");
		for (size_t i = 0; i < f->nchain; i++)
			g_string_append_printf(t, "%s %s", i ? " -->" : "", sd_class_label(&r->classes[f->chain[i]]));
	}
	if (*f->rank_reason)
		g_string_append_printf(t, ". Rank %s: %s", sd_rank_name[f->rank], f->rank_reason);
	g_string_append_c(t, '.');
	return g_string_free(t, FALSE);
}

/* Code flows need at least one step each, related locations a file. */
static void set_witnesses(json_t *res, const struct sd_results *r, const struct sd_finding *f)
{
	json_t *flows = json_array(), *related = json_array();
	GPtrArray *all = sd_finding_witnesses(r, f);

	for (guint i = 0; i < all->len; i++) {
		const struct sd_witness *w = all->pdata[i];

		if (!w->nsteps)
			continue;
		json_array_append_new(flows, code_flow(w));
		if (*w->steps[0].file)
			json_array_append_new(related, location(&w->steps[0], w->role));
	}
	json_object_set_new(res, "relatedLocations", related);
	if (json_array_size(flows))
		json_object_set(res, "codeFlows", flows);
	json_decref(flows);
	g_ptr_array_free(all, TRUE);
}

static json_t *sarif_result(const struct sd_results *r, const struct sd_finding *f)
{
	const struct sd_step *place = sd_finding_place(r, f);
	char *text = result_text(r, f);
	json_t *res = json_object();

	json_object_set_new(res, "ruleId", json_string(sd_finding_kind_name[f->kind]));
	json_object_set_new(res, "ruleIndex", json_integer(f->kind));
	json_object_set_new(res, "level", json_string(level(f->rank)));
	json_object_set_new(res, "message", message(text));
	json_object_set_new(res, "locations", json_array());
	if (place)
		json_array_append_new(json_object_get(res, "locations"), location(place, NULL));
	json_object_set_new(res, "partialFingerprints",
			    json_pack("{so}", "statdep/v1", sd_json_str(f->fingerprint)));
	set_witnesses(res, r, f);
	json_object_set_new(res, "properties", json_pack("{sI ss}", "id", (json_int_t)f->id, "rank",
							 sd_rank_name[f->rank]));
	g_free(text);
	return res;
}

static json_t *sarif_rules(void)
{
	json_t *rules = json_array();

	for (unsigned k = 0; k < SD_K_COUNT; k++) {
		const struct sd_kind_words *w = sd_kind_words(k);
		char *help = g_strdup_printf("%s %s See reports/FINDINGS.md.", w->meaning, w->fix);
		json_t *rule = json_object();

		json_object_set_new(rule, "id", json_string(sd_finding_kind_name[k]));
		json_object_set_new(rule, "shortDescription", message(w->headline));
		json_object_set_new(rule, "fullDescription", message(w->meaning));
		json_object_set_new(rule, "help", message(help));
		json_object_set_new(rule, "defaultConfiguration", json_pack("{ss}", "level", "warning"));
		json_array_append_new(rules, rule);
		g_free(help);
	}
	return rules;
}

static json_t *notification(const char *level_name, char *text)
{
	json_t *n = json_pack("{ss so}", "level", level_name, "message", message(text));

	g_free(text);
	return n;
}

static json_t *failed_tu(const struct sd_gap *g)
{
	json_t *n = notification("warning", g_strdup_printf("not analysed: %s", g->text));

	if (*g->file)
		json_object_set_new(n, "locations", json_pack("[{so}]", "physicalLocation",
							      physical(g->file, g->line)));
	return n;
}

/* Each TU that failed; of the other gaps how many: there may be tens of thousands, and readers have limits. */
static json_t *invocation(const struct sd_results *r)
{
	json_t *notes = json_array();
	size_t n;

	for (size_t i = 0; i < r->ngap; i += n) {
		const struct sd_gap *g = &r->gaps[i];

		for (n = 1; i + n < r->ngap && !strcmp(r->gaps[i + n].what, g->what); )
			n++;
		if (strcmp(g->what, "failed-tu")) {
			json_array_append_new(notes, notification("note", g_strdup_printf("%s: %zu", g->what, n)));
			continue;
		}
		for (size_t k = 0; k < n; k++)
			json_array_append_new(notes, failed_tu(&g[k]));
	}
	return json_pack("{sb so}", "executionSuccessful", 1, "toolExecutionNotifications", notes);
}

static json_t *sarif_run(const struct sd_results *r, const struct sd_report_opts *o)
{
	json_t *run = json_object(), *results = json_array();

	json_object_set_new(run, "tool", json_pack("{s{ss ss so}}", "driver", "name", "statdep", "version",
						   SD_VERSION, "rules", sarif_rules()));
	json_object_set_new(run, "originalUriBaseIds",
			    json_pack("{s{so} s{so}}", "SRCROOT", "description", message("The kernel source tree."),
				      "OBJROOT", "description", message("The tree the kernel is built in.")));
	json_object_set_new(run, "columnKind", json_string("utf16CodeUnits"));
	json_object_set_new(run, "invocations", json_pack("[o]", invocation(r)));
	for (size_t i = 0; i < r->nfinding; i++)
		if (sd_shown(o, &r->findings[i]))
			json_array_append_new(results, sarif_result(r, &r->findings[i]));
	json_object_set_new(run, "results", results);
	return run;
}

static int sarif_write(const struct sd_results *r, const struct sd_report_opts *o, FILE *out)
{
	json_t *root = json_object();

	json_object_set_new(root, "$schema", json_string(SARIF_SCHEMA));
	json_object_set_new(root, "version", json_string("2.1.0"));
	json_object_set_new(root, "runs", json_pack("[o]", sarif_run(r, o)));
	return sd_json_dump(root, out);
}

const struct sd_report sd_report_sarif = { "sarif", sarif_write };
