/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html.c - one page that needs nothing else: a table of the findings, then each with its
 * picture and its text.  No scripts: <details> folds.
 */
#include <stdlib.h>
#include <string.h>
#include "draw.h"
#include "view.h"

static const char head[] =
"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>statdep report</title>\n"
"<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
"body{font:15px/1.45 sans-serif;margin:1.5em auto;max-width:76em;padding:0 1em;color:#111;background:#fff}\n"
"pre{font:13px/1.4 monospace;overflow-x:auto;background:#f6f6f6;padding:.8em;border:1px solid #ddd}\n"
"table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3em .6em;border-bottom:1px solid #ddd}\n"
"summary{cursor:pointer;padding:.4em 0}section{border-top:2px solid #888;margin-top:1.5em}\n"
".rank{display:inline-block;padding:0 .5em;border-radius:.7em;border:2px solid;font-weight:bold}\n"
".high{border-color:#D55E00}.medium{border-color:#E69F00}.low{border-color:#999}\n"
"figure{margin:0;overflow-x:auto}svg{max-width:100%;height:auto}\n"
"</style></head><body>\n<h1>statdep report</h1>\n";

static void put(FILE *out, const char *s)
{
	char *valid = sd_utf8(s), *text = g_markup_escape_text(valid, -1);

	fputs(text, out);
	g_free(text);
	g_free(valid);
}

/* What @print writes as text, escaped, in a <pre>. */
struct text_part {
	void (*print)(const struct sd_results *, const struct sd_report_opts *, const struct sd_finding *,
		      FILE *);
	const struct sd_finding *f;
};

static void put_pre(const struct sd_results *r, const struct sd_report_opts *o, struct text_part part, FILE *out)
{
	char *buf = NULL;
	size_t len = 0;
	FILE *mem = open_memstream(&buf, &len);

	if (!mem)
		sd_die("out of memory");
	part.print(r, o, part.f, mem);
	fclose(mem);
	fputs("<pre>", out);
	put(out, buf);
	fputs("</pre>\n", out);
	free(buf);
}

static void print_finding(const struct sd_results *r, const struct sd_report_opts *o,
			  const struct sd_finding *f, FILE *out)
{
	(void)o;
	sd_text_finding(r, f, out);
}

static void print_sites(const struct sd_results *r, const struct sd_report_opts *o,
			const struct sd_finding *f, FILE *out)
{
	(void)o;
	for (size_t i = 0; i < f->nchain; i++) {
		sd_text_sites(r, f->chain[i], f, out);
		fputc('\n', out);
	}
}

static void print_summary(const struct sd_results *r, const struct sd_report_opts *o,
			  const struct sd_finding *f, FILE *out)
{
	(void)f;
	sd_text_summary(r, o, out);
	sd_text_coverage(r, out);
}

/* The picture inline: from <svg on, because a page has one prologue only. */
static void put_svg(const struct sd_results *r, const struct sd_finding *f, FILE *out)
{
	struct sd_picture p;
	char *buf = NULL, *err = NULL, *id = g_strdup_printf("f%u", f->id);
	size_t len = 0;
	FILE *mem = open_memstream(&buf, &len);
	const char *svg;

	if (!mem)
		sd_die("out of memory");
	sd_picture_init(&p, r);
	sd_picture_finding(&p, f);
	p.notes = true;
	p.id = id;
	if (!sd_picture_draw(&p, "svg", mem, &err) && !fflush(mem)) {
		svg = strstr(buf, "<svg");
		fprintf(out, "<figure>%s</figure>\n", svg ? svg : "");
	} else {
		fputs("<p>No picture: ", out);
		put(out, err ? err : "out of memory");
		fputs("</p>\n", out);
	}
	fclose(mem);
	free(buf);
	g_free(err);
	g_free(id);
	sd_picture_clear(&p);
}

static void put_rank(const struct sd_finding *f, FILE *out)
{
	fprintf(out, "<span class=\"rank %s\">%s</span>", sd_rank_name[f->rank], sd_rank_name[f->rank]);
}

static void put_row(const struct sd_finding *f, FILE *out)
{
	fprintf(out, "<tr><td><a href=\"#finding-%u\">%u</a></td><td>", f->id, f->id);
	put_rank(f, out);
	fprintf(out, "</td><td>%s</td><td>", sd_finding_kind_name[f->kind]);
	put(out, f->title);
	fputs("</td><td><code>", out);
	put(out, f->fingerprint);
	fputs("</code></td></tr>\n", out);
}

static void put_finding(const struct sd_results *r, const struct sd_report_opts *o, const struct sd_finding *f,
			FILE *out)
{
	fprintf(out, "<section id=\"finding-%u\"><h2>%u. ", f->id, f->id);
	put(out, f->title);
	fputs("</h2>\n<p>", out);
	put_rank(f, out);
	fputc(' ', out);
	put(out, f->rank_reason);
	fputs("</p>\n<p>", out);
	put(out, sd_kind_words(f->kind)->meaning);
	fputs("</p>\n", out);
	if (f->nchain)
		put_svg(r, f, out);
	fputs("<details open><summary>The report</summary>\n", out);
	put_pre(r, o, (struct text_part){ print_finding, f }, out);
	fputs("</details>\n", out);
	if (o->all_sites && f->nchain) {
		fputs("<details><summary>Every site of these locks</summary>\n", out);
		put_pre(r, o, (struct text_part){ print_sites, f }, out);
		fputs("</details>\n", out);
	}
	fputs("</section>\n", out);
}

static int html_write(const struct sd_results *r, const struct sd_report_opts *o, FILE *out)
{
	struct sd_counts c;

	sd_count(r, o, &c);
	fputs(head, out);
	if (c.shown) {
		fputs("<table><thead><tr><th>#</th><th>rank</th><th>kind</th><th>finding</th>"
		      "<th>fingerprint</th></tr></thead><tbody>\n", out);
		for (size_t i = 0; i < r->nfinding; i++)
			if (sd_shown(o, &r->findings[i]))
				put_row(&r->findings[i], out);
		fputs("</tbody></table>\n", out);
	}
	fputs("<h2>Summary and coverage</h2>\n", out);
	put_pre(r, o, (struct text_part){ print_summary, NULL }, out);
	for (size_t i = 0; i < r->nfinding; i++)
		if (sd_shown(o, &r->findings[i]))
			put_finding(r, o, &r->findings[i], out);
	fputs("</body></html>\n", out);
	return sd_flush(out);
}

const struct sd_report sd_report_html = { "html", html_write };
