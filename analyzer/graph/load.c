/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load.c - the database's functions become the program: one function per link name.
 *
 * Sets: prog->fns, by_sym, gvars, syms.  A strong definition wins over a weak one; of several
 * equal ones (a header function under different configurations, a name defined by two images) the
 * first in the database's order (name, file, hash) is taken, so the choice is stable.
 */
#include <string.h>
#include "model.h"

const char *str(const struct prog *p, sd_sym s)
{
	return sd_sym_str(p->syms, s);
}

/* Several threads may ask, each of its own view of the program (ahead.c). */
const char *kept(struct prog *p, sd_sym s)
{
	char *copy;

	g_mutex_lock(p->keeping);
	copy = g_hash_table_lookup(p->kept, GUINT_TO_POINTER(s));
	if (!copy) {
		char *text = without_files(str(p, s));

		copy = sd_arena_strdup(p->arena, text);
		g_free(text);
		g_hash_table_insert(p->kept, GUINT_TO_POINTER(s), copy);
	}
	g_mutex_unlock(p->keeping);
	return copy;
}

/* The rule's word for it, as it is printed: underscores read as spaces. */
const char *entry_role(struct prog *p, const struct entry *e)
{
	char *text = g_strdelimit(g_strdup_printf("%s%s", e->rule && e->rule->role ? e->rule->role : "entry",
						    e->assumed ? " (assumed: it has the type of one)" : ""), "_", ' ');
	sd_sym s = sd_intern(p->syms, text);

	g_free(text);
	return kept(p, s);
}

static struct sym_facts *sym_facts(struct prog *p, sd_sym s)
{
	if (s >= p->by_sym->len)
		g_array_set_size(p->by_sym, s + s / 4 + 1024);
	return &g_array_index(p->by_sym, struct sym_facts, s);
}

uint32_t func_find(const struct prog *p, sd_sym name)
{
	return name < p->by_sym->len ? g_array_index(p->by_sym, struct sym_facts, name).fn : 0;
}

sd_sym plain_name(struct prog *p, sd_sym link)
{
	sd_sym s = sym_facts(p, link)->plain;
	const char *name, *at;
	char *plain;

	if (s)
		return s;
	name = str(p, link);
	at = strchr(name, '@');
	if (at && at != name) {
		plain = g_strndup(name, (gsize)(at - name));
		s = sd_intern(p->syms, plain);
		g_free(plain);
	} else {
		s = link;
	}
	sym_facts(p, link)->plain = s;
	return s;
}

static struct sd_rule *const no_rules[] = { NULL };

/* Rows for where the body was not scanned say nothing where it was. */
static struct sd_rule *const *that_count(struct prog *p, sd_sym plain, struct sd_rule *const *rules)
{
	struct sd_rule **kept;
	size_t n = 0, m = 0;
	bool outside = false;

	for (; rules && rules[n]; n++)
		outside |= rules[n]->outside;
	if (!outside || !func_find(p, plain))
		return rules;
	kept = sd_arena_alloc(p->arena, (n + 1) * sizeof(struct sd_rule *));
	for (size_t i = 0; i < n; i++)
		if (!rules[i]->outside)
			kept[m++] = rules[i];
	return m ? kept : NULL;
}

struct sd_rule *const *rules_of(struct prog *p, sd_sym plain)
{
	struct sym_facts *f = sym_facts(p, plain);

	if (!f->rules) {
		f->rules = that_count(p, plain, sd_rules_for(p->in->rules, str(p, plain)));
		if (!f->rules)
			f->rules = no_rules;
	}
	return f->rules == no_rules ? NULL : f->rules;
}

/* Rules that describe a function completely: what it does inside is not looked at. */
static bool describes_body(const struct sd_rule *r)
{
	switch (r->word) {
	case SD_R_ACQUIRE: case SD_R_TRY: case SD_R_RELEASE: case SD_R_IRQ: case SD_R_SAME:
	case SD_R_TEST: case SD_R_SKIP: case SD_R_NORETURN: case SD_R_ASSERT: case SD_R_INIT:
		return true;
	default:
		return false;
	}
}

static void add_gvars(struct prog *p, const struct sd_fn *ir)
{
	for (uint32_t i = 0; i < ir->ngvars; i++) {
		gpointer key = GUINT_TO_POINTER(ir->gvars[i].name);
		struct gvar *g;

		if (g_hash_table_contains(p->gvars, key))
			continue;
		g = sd_arena_alloc(p->arena, sizeof(*g));
		*g = (struct gvar){ ir->gvars[i].name, ir->gvars[i].type, ir->file, ir->gvars[i].line };
		g_hash_table_insert(p->gvars, key, g);
	}
}

/* One that cannot be read costs this function, not the run. */
static void take_function(struct prog *p, struct sd_fn *ir, const struct sd_gap *unreadable)
{
	struct func *f;
	uint32_t old;

	if (unreadable) {
		struct sd_gap gap = { unreadable->what, sd_arena_strdup(p->arena, unreadable->function), sd_arena_strdup(p->arena, unreadable->file),
				      unreadable->line, sd_arena_strdup(p->arena, unreadable->text) };

		g_array_append_val(p->gaps, gap);
		p->unreadable++;
		return;
	}
	p->readable++;
	if (ir->flags & SD_F_GLOBALS)
		add_gvars(p, ir);
	old = func_find(p, ir->name);
	if (old && !(ir->flags & SD_F_GLOBALS)) {
		f = func_at(p, old - 1);
		if ((f->ir->flags & SD_F_WEAK) && !(ir->flags & SD_F_WEAK))
			f->ir = ir;
		return;
	}
	f = sd_arena_alloc(p->arena, sizeof(*f));
	f->ir = ir;
	f->plain = plain_name(p, ir->name);
	g_ptr_array_add(p->fns, f);
	if (!old)
		sym_facts(p, ir->name)->fn = p->fns->len;
}

/* What is asked of a record's member all the time.  Open addressing, at most half full. */
struct pair_facts {
	sd_sym rec, member;
	sd_sym key;                     /* "rec::member"; 0 not asked yet, and an empty slot with no rules either */
	sd_sym type;                    /* record of the member, 0 unknown */
	struct sd_rule *const *rules;   /* NULL not asked yet, no_rules none */
};

static struct pair_facts *find_pair(const struct prog *p, sd_sym rec, sd_sym member)
{
	uint32_t mask = p->pair_slots - 1, i = (uint32_t)(((uint64_t)rec << 32 | member) * 0x9E3779B97F4A7C15u >> 32) & mask;

	while ((p->pairs[i].key || p->pairs[i].rules) && (p->pairs[i].rec != rec || p->pairs[i].member != member))
		i = (i + 1) & mask;
	return &p->pairs[i];
}

static void grow_pairs(struct prog *p)
{
	struct pair_facts *old = p->pairs;
	uint32_t n = p->pair_slots;

	p->pair_slots = n ? 2 * n : 1u << 12;
	p->pairs = g_new0(struct pair_facts, p->pair_slots);
	for (uint32_t i = 0; i < n; i++)
		if (old[i].key || old[i].rules)
			*find_pair(p, old[i].rec, old[i].member) = old[i];
	g_free(old);
}

/* The caller fills what it asks for, so that the slot is taken. */
static struct pair_facts *pair_facts(struct prog *p, sd_sym rec, sd_sym member)
{
	struct pair_facts *f;

	if (!p->pair_slots)
		grow_pairs(p);
	f = find_pair(p, rec, member);
	if (f->key || f->rules)
		return f;
	if (++p->npairs > p->pair_slots / 2) {
		grow_pairs(p);
		f = find_pair(p, rec, member);
	}
	f->rec = rec, f->member = member;
	return f;
}

static struct pair_facts *named_pair(struct prog *p, sd_sym rec, sd_sym member)
{
	struct pair_facts *f = pair_facts(p, rec, member);
	char buf[512];

	if (!f->key) {
		g_snprintf(buf, sizeof(buf), "%s::%s", str(p, rec), str(p, member));
		f->key = sd_intern(p->syms, buf);
	}
	return f;
}

sd_sym pair_key(struct prog *p, sd_sym rec, sd_sym member)
{
	return named_pair(p, rec, member)->key;
}

struct sd_rule *const *rules_of_member(struct prog *p, sd_sym rec, sd_sym member)
{
	struct pair_facts *f = pair_facts(p, rec, member);

	if (!f->rules) {
		char *tag = without_files(str(p, rec));

		f->rules = sd_rules_for_member(p->in->rules, tag, str(p, member));
		g_free(tag);
		if (!f->rules)
			f->rules = no_rules;
	}
	return f->rules == no_rules ? NULL : f->rules;
}

sd_sym field_type(struct prog *p, sd_sym rec, sd_sym member)
{
	return named_pair(p, rec, member)->type;
}

/* Rules name members without their types; the code that uses them tells. */
static void learn_field_types(struct prog *p, const struct sd_fn *ir)
{
	for (uint32_t v = 0; v < ir->nvals; v++) {
		const struct sd_val *x = &ir->vals[v];

		if (x->kind == SD_V_FIELD && x->type)
			named_pair(p, x->rec, x->sym)->type = x->type;
	}
}

static void mark_api(struct prog *p)
{
	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct func *f = func_at(p, i);
		struct sd_rule *const *r = rules_of(p, f->plain);

		f->rel = sd_arena_alloc(p->arena, f->ir->nparams + 1);
		for (; r && *r; r++) {
			f->is_api |= describes_body(*r);
			f->is_skipped |= (*r)->word == SD_R_SKIP;
			f->is_boundary |= (*r)->word == SD_R_ENTRY && (*r)->call.kind == SD_O_NONE && !(*r)->member && (*r)->dispatch;
		}
		if (!(f->ir->flags & SD_F_GLOBALS))
			p->cov.functions++;
	}
}

static int count_tu(void *arg, const struct sd_db_tu *tu)
{
	struct prog *p = arg;
	struct sd_gap gap = { "failed-tu", "", NULL, 0, NULL };

	if (!strcmp(tu->status, "not-built"))
		return 0;
	p->cov.tus++;
	if (strcmp(tu->status, "ok")) {
		p->cov.tus_failed++;
		gap.file = sd_arena_strdup(p->arena, tu->file);
		gap.text = sd_arena_strdup(p->arena, tu->reason ? tu->reason : "");
		g_array_append_val(p->gaps, gap);
	}
	return 0;
}

int load_program(struct prog *p, char **err)
{
	if (sd_db_each_tu(p->in->db, count_tu, p, err))
		return -1;
	if (bring_functions(p, take_function, err))
		return -1;
	if (p->unreadable && !p->readable) {
		*err = g_strdup("no function of the database can be read (another version of statdep made it?): scan again");
		return -1;
	}
	p->whole = p->in->whole && !p->cov.tus_failed && !p->unreadable;
	tell_records_apart(p);
	name_unnamed_records(p);
	mark_api(p);
	for (uint32_t i = 0; i < p->fns->len; i++)
		learn_field_types(p, func_at(p, i)->ir);
	find_local_stores(p);
	return 0;
}

void add_gap(struct prog *p, const char *what, const struct func *f, int line, const char *text)
{
	struct sd_gap gap = { what, f ? kept(p, f->plain) : "", f ? kept(p, f->ir->file) : "", line, NULL };
	char *key = g_strdup_printf("%s|%s|%s|%d|%s", what, gap.function, gap.file, line, text);

	if (g_hash_table_add(p->gap_ids, key)) {
		gap.text = sd_arena_strdup(p->arena, text);
		g_array_append_val(p->gaps, gap);
	}
}
