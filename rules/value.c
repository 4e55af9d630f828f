/* SPDX-License-Identifier: GPL-2.0-or-later */
/* value.c - names and the values behind key=: each reader says what it would have accepted. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "rules_int.h"

static const char *bad(struct row *row, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
static const char *bad(struct row *row, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	const char *kept = sd_arena_strdup(row->arena, s);
	g_free(s);
	return kept;
}

/* Reading what is spelt with letters: names */

static size_t ident_len(const char *s, bool glob)
{
	size_t n = 0;

	while (g_ascii_isalnum(s[n]) || s[n] == '_' || (glob && (s[n] == '*' || s[n] == '?')))
		n++;
	return g_ascii_isdigit(s[0]) ? 0 : n;
}

static bool whole_ident(const char *s, bool glob)
{
	size_t n = ident_len(s, glob);

	return n && !s[n];
}

static const char *parse_member_name(struct row *row, const char *name, const char *colons)
{
	struct sd_rule *r = row->rule;

	r->record = sd_arena_strndup(row->arena, name, (size_t)(colons - name));
	r->member = sd_arena_strdup(row->arena, colons + 2);
	if (!whole_ident(r->record, true) || !whole_ident(r->member, true))
		return bad(row, "bad name '%s'; RECORD::MEMBER is two identifiers", name);
	return NULL;
}

static const char *parse_class_name(struct row *row, const char *name, const char *dot)
{
	struct sd_rule *r = row->rule;

	if (!dot)
		return whole_ident(name, false) ? NULL : bad(row, "bad name '%s'; RECORD.member or a global lock", name);
	r->record = sd_arena_strndup(row->arena, name, (size_t)(dot - name));
	r->member = sd_arena_strdup(row->arena, dot + 1);
	for (const char *p = name;; p++) {
		size_t n = ident_len(p, false);
		if (!n)
			return bad(row, "bad name '%s'; RECORD.member is identifiers with dots between", name);
		p += n;
		if (!*p)
			return NULL;
		if (*p != '.')
			return bad(row, "bad name '%s'; RECORD.member is identifiers with dots between", name);
	}
}

static const char *name_forms(unsigned kinds)
{
	switch (kinds) {
	case N_FUNC: return "a function or a glob of function names";
	case N_MEMBER: return "RECORD::MEMBER";
	case N_CLASS: return "RECORD.member or a global lock";
	case N_FUNC | N_MEMBER: return "a function, a glob of function names or RECORD::MEMBER";
	default: return "a function, a glob of function names, RECORD::MEMBER, @init, @exit, or a type like void(record*)";
	}
}

/* A function's type as the analysis writes it: void(work_struct*), int(napi_struct*,int); "*" is a pointer to no record. */
static const char *parse_prototype(struct row *row, const char *name)
{
	if (!g_regex_match_simple("^[a-z0-9_]+\\*?\\(([a-z0-9_]*\\*|int)(,([a-z0-9_]*\\*|int))*\\)$", name, G_REGEX_CASELESS, 0))
		return bad(row, "bad type '%s'; like void(work_struct*) or int(napi_struct*,int)", name);
	return NULL;
}

const char *parse_name(struct row *row, const char *name, unsigned kinds)
{
	const char *colons = strstr(name, "::");
	unsigned kind = strchr(name, '(') ? N_PROTO : colons ? N_MEMBER : name[0] == '@' ? N_MARK : strchr(name, '.') ? N_CLASS : N_FUNC;

	row->rule->name = sd_arena_strdup(row->arena, name);
	row->rule->is_glob = kind != N_PROTO && strpbrk(name, "*?");
	if (kind == N_FUNC && !(kinds & N_FUNC) && (kinds & N_CLASS))
		kind = N_CLASS;
	if (!(kinds & kind))
		return bad(row, "bad name '%s'; %s", name, name_forms(kinds));
	if (kind == N_MEMBER)
		return parse_member_name(row, name, colons);
	if (kind == N_CLASS)
		return parse_class_name(row, name, strchr(name, '.'));
	if (kind == N_PROTO)
		return parse_prototype(row, name);
	if (kind == N_MARK && strcmp(name, "@init") && strcmp(name, "@exit"))
		return bad(row, "bad name '%s'; @init or @exit", name);
	if (kind == N_FUNC && !whole_ident(name, true))
		return bad(row, "bad name '%s'; %s", name, name_forms(kinds));
	return NULL;
}

/* Operands */

static bool parse_num(const char *s, int64_t *out, const char **end)
{
	char *e;

	if (!g_ascii_isdigit(s[0]) && !(s[0] == '-' && g_ascii_isdigit(s[1])))
		return false;
	errno = 0;
	*out = g_ascii_strtoll(s, &e, 0);
	*end = e;
	return errno == 0;
}

enum { OPND_ARG = 1, OPND_RET = 2, OPND_NUM = 4, OPND_DEREF = 8 };

static const char *opnd_forms(unsigned accept)
{
	switch (accept & ~(unsigned)OPND_DEREF) {
	case OPND_ARG: return "an argument, $1 to $9";
	case OPND_ARG | OPND_NUM: return "an argument, $1 to $9, or a number";
	case OPND_RET: return "ret";
	default: return "an argument, $1 to $9, or ret";
	}
}

/* Reads one operand; *end is what follows it. */
static const char *parse_opnd(struct row *row, const char *s, unsigned accept, struct sd_opnd *o, const char **end)
{
	const char *start = s;

	*end = s;
	if (*s == '*' && (accept & OPND_DEREF)) {
		o->deref = true;
		s++;
	}
	if (*s == '$' && (accept & OPND_ARG)) {
		if (s[1] < '1' || s[1] > '9' || g_ascii_isdigit(s[2]))
			return bad(row, "bad argument number in '%s'; $1 to $9", start);
		o->kind = SD_O_ARG;
		o->arg = (uint8_t)(s[1] - '1');
		*end = s + 2;
		return NULL;
	}
	if (!strncmp(s, "ret", 3) && ident_len(s, false) == 3 && (accept & OPND_RET) && !o->deref) {
		o->kind = SD_O_RET;
		*end = s + 3;
		return NULL;
	}
	if ((accept & OPND_NUM) && !o->deref && parse_num(s, &o->num, end)) {
		o->kind = SD_O_CONST;
		return NULL;
	}
	return bad(row, "bad value '%s'; %s", start, opnd_forms(accept));
}

static const char *parse_whole_opnd(struct row *row, const char *s, unsigned accept, struct sd_opnd *o)
{
	const char *end, *why = parse_opnd(row, s, accept, o, &end);

	if (!why && *end)
		return bad(row, "bad value '%s'; %s and no more", s, opnd_forms(accept));
	return why;
}

static const char *parse_path(struct row *row, const char *s)
{
	struct sd_rule_path *p = &row->rule->lock;
	const char *why, *at = s, *member[16];
	size_t n = 0;

	if (!strcmp(s, "self")) {
		p->self = true;
		at = s + 4;
	} else if (*s == '&' && (s[1] == '$' || !strcmp(s + 1, "ret"))) {
		p->place = true;
		if ((why = parse_opnd(row, s + 1, OPND_ARG | OPND_RET, &p->root, &at)))
			return why;
	} else if (strstr(s, "::")) {
		n = ident_len(s, false);
		if (!n || strncmp(s + n, "::", 2))
			return bad(row, "bad lock '%s'; RECORD::member", s);
		p->record = sd_arena_strndup(row->arena, s, n);
		at = s + n;
	} else if (*s == '&') {
		n = ident_len(++at, false);
		if (!n)
			return bad(row, "bad lock '%s'; after & comes a global variable", s);
		p->global = sd_arena_strndup(row->arena, at, n);
		at += n;
	} else if ((why = parse_opnd(row, s, OPND_ARG | OPND_RET | OPND_DEREF, &p->root, &at))) {
		return strchr(s, '$') ? why : bad(row, "bad lock '%s'; $1 to $9, ret or &global, then ->member", s);
	}
	for (n = 0; *at && n < G_N_ELEMENTS(member); n++) {
		size_t step = at[0] == '.' ? 1 : (at[0] == '-' && at[1] == '>') || (p->record && !n && at[0] == ':') ? 2 : 0;
		size_t len = step ? ident_len(at + step, false) : 0;
		if (!len)
			break;
		member[n] = sd_arena_strndup(row->arena, at + step, len);
		at += step + len;
	}
	if (*at)
		return bad(row, "bad lock '%s' at '%s'; ->member or .member", s, at);
	p->nmember = n;
	p->deref_first = n > 0;
	if (n) {
		p->member = sd_arena_alloc(row->arena, n * sizeof(*p->member));
		memcpy(p->member, member, n * sizeof(*p->member));
	}
	row->rule->has_lock = true;
	return NULL;
}

/* Conditions: [!]OPERAND [== != < <= > >= & NUMBER] */

static const struct { const char text[3]; uint8_t cmp, not; } compares[] = {     /* longest first */
	{ "==", SD_CMP_EQ, SD_CMP_NE }, { "!=", SD_CMP_NE, SD_CMP_EQ },
	{ "<=", SD_CMP_LE, SD_CMP_GT }, { ">=", SD_CMP_GE, SD_CMP_LT },
	{ "<", SD_CMP_LT, SD_CMP_GE },  { ">", SD_CMP_GT, SD_CMP_LE },
	{ "&", SD_CMP_MASK, SD_CMP_NMASK },
};

static const char *parse_cond(struct row *row, const char *s, unsigned accept, struct sd_cond *c)
{
	bool not = s[0] == '!';
	const char *at, *why = parse_opnd(row, s + not, accept, &c->opnd, &at);

	if (why)
		return why;
	c->cmp = not ? SD_CMP_EQ : SD_CMP_NE;   /* $3 alone: not zero */
	if (!*at)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(compares); i++) {
		size_t len = strlen(compares[i].text);
		if (strncmp(at, compares[i].text, len))
			continue;
		c->cmp = not ? compares[i].not : compares[i].cmp;
		if (parse_num(at + len, &c->num, &at) && !*at)
			return NULL;
		break;
	}
	return bad(row, "bad condition '%s'; like %s", s,
		   accept & OPND_RET ? "ret!=0, ret==0 or ret>=0" : "$2==1, $4&0x80 or !$4&0x80");
}

/* Words out of the tables */

static const char *parse_table(struct row *row, enum value_group g, const char *s, int *out)
{
	*out = find_value(g, s);
	if (*out >= 0)
		return NULL;
	char *hint = suggest_value(g, s);
	const char *why = bad(row, "unknown value '%s'; %s", s, hint);
	g_free(hint);
	return why;
}

static const char *parse_tri(struct row *row, const char *s, enum sd_tri *out)
{
	int v;
	const char *why = parse_table(row, G_TRI, s, &v);

	if (!why)
		*out = (enum sd_tri)v;
	return why;
}

/* off, on, enter, exit, save(OPERAND), restore(OPERAND) */
static const char *parse_flip(struct row *row, const char *s, struct sd_irq_effect *out)
{
	const char *open = strchr(s, '('), *end, *why;
	char *word = open ? g_strndup(s, (gsize)(open - s)) : g_strdup(s);
	int v;

	why = parse_table(row, G_FLIP, word, &v);
	g_free(word);
	if (why)
		return why;
	out->flip = (uint8_t)v;
	if ((v == SD_FLIP_SAVE || v == SD_FLIP_RESTORE) != (open != NULL))
		return bad(row, "bad value '%s'; off, on, enter, exit, count, threaded, save(ret), save($2), save(*$2) or restore($2)", s);
	if (!open)
		return NULL;
	why = parse_opnd(row, open + 1, OPND_ARG | OPND_DEREF | (v == SD_FLIP_SAVE ? OPND_RET : 0), &out->opnd, &end);
	if (!why && strcmp(end, ")"))
		return bad(row, "bad value '%s'; save(ret), save($2), save(*$2) or restore($2)", s);
	return why;
}

/* W, r, R for both, or r@task,R@irq in either order */
static const char *parse_mode(struct row *row, const char *s)
{
	char **part = g_strsplit(s, ",", 3);
	const char *why = NULL;
	int seen = 0, v;

	if (*s == '$') {                /* lock_acquire()'s `read`: 0 W, 1 r, 2 R */
		g_strfreev(part);
		row->rule->has_mode_arg = true;
		return parse_whole_opnd(row, s, OPND_ARG, &row->rule->mode_arg);
	}
	for (int i = 0; part[i] && !why; i++) {
		char *at = strchr(part[i], '@');
		int where = !at ? 3 : !strcmp(at, "@task") ? 1 : !strcmp(at, "@irq") ? 2 : 0;

		if (!where || (seen & where)) {
			why = bad(row, "bad mode '%s'; W, r, R or r@task,R@irq", s);
			break;
		}
		if (at)
			*at = '\0';
		seen |= where;
		why = parse_table(row, G_MODE, part[i], &v);
		if (!why && (where & 1))
			row->rule->mode_task = (enum sd_mode)v;
		if (!why && (where & 2))
			row->rule->mode_irq = (enum sd_mode)v;
	}
	if (!why && seen != 3)
		why = bad(row, "bad mode '%s'; both @task and @irq are needed", s);
	g_strfreev(part);
	return why;
}

static const char *parse_preempt(struct row *row, const char *s)
{
	enum sd_tri v;
	const char *why = parse_tri(row, s, &v);

	if (!why && v == SD_TRI_UNKNOWN)
		return bad(row, "unknown value '%s'; on or off", s);
	row->rule->preempt_off = !why && v == SD_TRI_OFF;
	row->rule->preempt_on = !why && v == SD_TRI_ON;
	return why;
}

static const char *parse_enum(struct row *row, enum rule_key k, const char *s)
{
	struct sd_rule *r = row->rule;
	int v;
	const char *why = parse_table(row, k == KEY_type ? G_TYPE : k == KEY_context ? G_CONTEXT : k == KEY_wait ? G_WAIT : G_TEST, s, &v);

	if (why)
		return why;
	if (k == KEY_type)
		r->lock_type = value_text(G_TYPE, s);
	else if (k == KEY_context)
		r->context = (enum sd_ctx)v;
	else if (k == KEY_wait)
		r->class_wait = (uint8_t)v;
	else
		r->test = (enum sd_test)v;
	return NULL;
}

/* $3, $3@2 (it is the callback's second parameter), self (the record around the member) */
static const char *parse_arg(struct row *row, const char *s)
{
	struct sd_opnd o = { 0 };
	char *at = strchr(s, '@'), *left = at ? g_strndup(s, (gsize)(at - s)) : g_strdup(s);
	const char *why = NULL;

	if (at && (at[1] < '1' || at[1] > '9' || at[2]))
		why = bad(row, "bad value '%s'; after @ comes the callback's parameter, 1 to 9", s);
	else if (at)
		row->rule->call_param = at[1] - '1';
	if (!why && !strcmp(left, "self"))
		row->rule->call_arg = SD_ARG_SELF;
	else if (!why && !(why = parse_whole_opnd(row, left, OPND_ARG, &o)))
		row->rule->call_arg = o.arg;
	g_free(left);
	return why;
}

static const char *parse_object(struct row *row, const char *s)
{
	const char *end, *why;

	row->rule->has_object = true;
	if (!strcmp(s, "self"))
		return NULL;    /* SD_O_NONE: the record around the member */
	if (row->rule->word != SD_R_UNDER)
		return parse_whole_opnd(row, s, OPND_ARG, &row->rule->object);
	why = parse_opnd(row, s, OPND_ARG, &row->rule->object, &end);
	if (why || !*end)
		return why;
	if (strncmp(end, "->", 2) || !whole_ident(end + 2, false))
		return bad(row, "bad value '%s'; an argument, or a member of the record it points to: $3->work", s);
	row->rule->object_member = sd_arena_strdup(row->arena, end + 2);
	return NULL;
}

static const char *parse_name_key(struct row *row, const char *s)
{
	if (row->rule->word == SD_R_CLASS) {
		row->rule->class_text = sd_arena_strdup(row->arena, s);
		return *s ? NULL : bad(row, "an empty name; the name that lockdep prints");
	}
	row->rule->has_class_name = true;
	return parse_whole_opnd(row, s, OPND_ARG, &row->rule->class_name);
}

static const char *parse_bare(struct row *row, enum rule_key k)
{
	struct sd_rule *r = row->rule;

	r->downgrade |= k == KEY_downgrade;
	r->outside |= k == KEY_outside;
	r->zeroed |= k == KEY_zeroed;
	r->dispatch |= k == KEY_dispatch;
	r->assert_held |= k == KEY_held;
	r->class_unchecked |= k == KEY_unchecked;
	r->is_none |= k == KEY_none;
	return NULL;
}

const char *parse_value(struct row *row, enum rule_key k, const char *s)
{
	struct sd_rule *r = row->rule;

	switch (k) {
	case KEY_lock: return parse_path(row, s);
	case KEY_mode: return parse_mode(row, s);
	case KEY_hardirq: return parse_flip(row, s, &r->hardirq);
	case KEY_softirq: return parse_flip(row, s, &r->softirq);
	case KEY_preempt: return parse_preempt(row, s);
	case KEY_held_if: return !strcmp(s, "always") ? NULL : parse_cond(row, s, OPND_RET, &r->held_if);
	case KEY_when: return parse_cond(row, s, OPND_ARG, &r->when);
	case KEY_subclass:
		r->has_subclass = true;
		return parse_whole_opnd(row, s, r->word == SD_R_CLASS ? OPND_NUM : OPND_ARG | OPND_NUM, &r->subclass);
	case KEY_nest:
		r->has_nest = true;
		return parse_whole_opnd(row, s, OPND_ARG, &r->nest);
	case KEY_call: return parse_whole_opnd(row, s, OPND_ARG, &r->call);
	case KEY_arg: return parse_arg(row, s);
	case KEY_irqs: return parse_tri(row, s, r->word == SD_R_ASSERT ? &r->assert_irqs : &r->irqs);
	case KEY_bh: return parse_tri(row, s, &r->bhs);
	case KEY_role:
		r->role = sd_arena_strdup(row->arena, s);
		return whole_ident(s, false) ? NULL : bad(row, "bad role '%s'; letters and underscores", s);
	case KEY_object: return parse_object(row, s);
	case KEY_from: r->has_from = true; return parse_whole_opnd(row, s, OPND_ARG, &r->from);
	case KEY_name: return parse_name_key(row, s);
	case KEY_key:
		r->has_class_key = true;
		return parse_whole_opnd(row, s, OPND_ARG, &r->class_key);
	case KEY_ret: return parse_whole_opnd(row, s, OPND_ARG, &r->same);
	case KEY_type:
	case KEY_context:
	case KEY_wait:
	case KEY_is: return parse_enum(row, k, s);
	default: return parse_bare(row, k);
	}
}
