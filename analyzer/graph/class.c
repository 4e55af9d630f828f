/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * class.c - lock classes: from the address of a lock to what lockdep would make one class of.
 *
 * Lockdep's class is the site that initialises the lock.  Statically a lock's address is a path: the
 * record at its last pointer and the members from there, "file.f_owner.lock"; or a variable and members.
 * That is the RAW class.  Raw classes are then united by their init sites: a container path
 * that no init site names is, if a shorter suffix is initialised, that one; a short path
 * that only one longer path initialises is that longer one.  Otherwise containers stay apart.
 */
#include <string.h>
#include "model.h"

/* lockdep's word for a record that is a lock: what the rules say of its dep_map. */
static const char *lock_type_of(const struct prog *p, sd_sym rec)
{
	return rec ? g_hash_table_lookup(p->lock_records, GUINT_TO_POINTER(rec)) : NULL;
}

void learn_lock_records(struct prog *p)
{
	size_t n;
	struct sd_rule *const *r = sd_rules_all(p->in->rules, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i]->word == SD_R_INNER && r[i]->record && r[i]->lock_type)
			g_hash_table_insert(p->lock_records, GUINT_TO_POINTER(sd_intern(p->syms, r[i]->record)),
					    (gpointer)r[i]->lock_type);
}

static bool is_inner(struct prog *p, sd_sym rec, sd_sym member)
{
	struct sd_rule *const *r = rules_of_member(p, rec, member);

	for (; r && *r; r++)
		if ((*r)->word == SD_R_INNER)
			return true;
	return false;
}

#define MOST_WAYS_IN 8          /* operands of a PHI, and PHIs one in another, that are looked at */

/* Is value @v what term @t names: what a call returned, or a PHI, or may it be, by one of a PHI's ways? */
static bool may_be_value(const struct inst *in, const struct sd_fn *ir, sd_vid v, const struct term *t, unsigned depth)
{
	const struct sd_val *x = &ir->vals[v];

	if (t->kind == T_FRESH ? x->kind == SD_V_CALL && x->num == t->num : (uint64_t)t->num == ((uint64_t)in->fn << 32 | v))
		return true;
	for (uint32_t i = 0; x->kind == SD_V_PHI && depth && i < MIN(x->b, MOST_WAYS_IN); i++)
		if (may_be_value(in, ir, ir->ops[x->a + i].val, t, depth - 1))
			return true;
	return false;
}

/* What a call returned and this function stores in a member: the object that the member points to. */
static tid stored_in_member(struct prog *p, const struct inst *in, tid obj)
{
	const struct term *t = term(p, obj);
	const struct sd_fn *ir = func_at(p, in->fn)->ir;

	for (uint32_t i = 0; (t->kind == T_OPAQUE || t->kind == T_FRESH) && i < ir->nevents; i++) {
		const struct sd_event *e = &ir->events[i];
		const struct sd_val *v = &ir->vals[e->value], *a = &ir->vals[e->target];

		if (e->kind != SD_E_STORE || (v->kind != SD_V_CALL && v->kind != SD_V_PHI) || a->kind != SD_V_FIELD)
			continue;
		if (may_be_value(in, ir, e->value, t, 3))
			return mk_load(p, mk_field(p, mk_any(p, a->rec), a->rec, a->sym, 0), t->type);
	}
	return 0;
}

/* A variable that this function stores the value in. */
static tid stored_in_variable(struct prog *p, const struct inst *in, const struct term *t)
{
	const struct sd_fn *ir = func_at(p, in->fn)->ir;

	for (uint32_t i = 0; t->kind == T_OPAQUE && i < ir->nevents; i++) {
		const struct sd_event *e = &ir->events[i];

		if (e->kind == SD_E_STORE && ir->vals[e->target].kind == SD_V_GLOBAL && (uint64_t)t->num == ((uint64_t)in->fn << 32 | e->value))
			return mk_sym(p, T_GLOBAL, ir->vals[e->target].sym, 0);
	}
	return 0;
}

tid kept_at(struct prog *p, const struct inst *in, tid value)
{
	const struct term *t = term(p, value);
	tid kept;

	if (t->kind == T_LOAD)
		return t->a;
	if (t->kind == T_FIELD)
		return value;           /* no pointer to it is kept: it lies there itself */
	kept = stored_in_member(p, in, value);
	return kept ? term(p, kept)->a : stored_in_variable(p, in, t);
}

/* A symbol that marks an address, __per_cpu_start say, and is no object: what lies somewhere from there is any of its kind. */
static bool is_bare_address(const struct prog *p, const struct term *t)
{
	return t->kind == T_GLOBAL && !t->type && !g_hash_table_contains(p->gvars, GUINT_TO_POINTER(t->s));
}

/* A member that is bytes for others to use (usb_hcd.hcd_priv): what lies in it is a record of its own, also for who is given its address. */
static bool is_raw_memory(struct prog *p, const struct inst *in, const struct term *t)
{
	const struct term *m = term(p, t->a);
	tid b = bound(in, m);

	if (!b && m->kind == T_LOAD)    /* a pointer to it that is kept somewhere */
		b = pointee_of(p, t->a);
	if (b)
		m = term(p, b);
	while (m->kind == T_INDEX)
		m = term(p, m->a);
	return m->kind == T_FIELD && m->rec != t->rec && !field_type(p, m->rec, m->s);
}

struct lock_path { GArray *chain; tid base; const char *type; bool array; };

/* Splits an address into its base and the members from there, outermost first; bindings spliced in. */
static void split(struct prog *p, const struct inst *in, tid obj, struct lock_path *out)
{
	const struct term *t = term(p, obj);

	for (;;) {
		tid b = bound(in, t);

		if (!b)
			b = t->kind == T_LOAD ? pointee_of(p, obj) : container_of_param(p, func_at(p, in->fn), t);

		if (t->kind == T_FIELD) {
			struct chain_step step = { t->rec, t->s };

			if (is_inner(p, t->rec, t->s)) {
				const char *type = lock_type_of(p, t->rec);

				if (!out->chain->len && type)
					out->type = type;
			} else {
				if (!out->chain->len && !out->type)
					out->type = lock_type_of(p, t->type);
				g_array_prepend_val(out->chain, step);
			}
			obj = is_raw_memory(p, in, t) ? mk_any(p, t->rec) : t->a;
		} else if (t->kind == T_INDEX) {
			out->array = true;
			obj = t->a;
		} else if (b && term(p, b)->kind != T_CONST && term(p, b)->kind != T_FUNC) {
			obj = b;
		} else {
			tid kept = out->chain->len ? 0 : stored_in_member(p, in, obj), path = kept ? pointee_of(p, kept) : 0;

			if (!path)
				break;
			obj = path;
		}
		t = term(p, obj);
	}
	out->base = obj;
	if (out->chain->len && is_bare_address(p, t))
		out->base = mk_any(p, g_array_index(out->chain, struct chain_step, 0).rec);
	if (!out->chain->len && stored_in_member(p, in, obj))
		out->base = stored_in_member(p, in, obj);
	if (!out->type)
		out->type = lock_type_of(p, t->type);
}

static char *global_text(struct prog *p, sd_sym link)
{
	const char *name = str(p, link), *at = strrchr(name, '@');

	return at ? g_strdup_printf("%s:%.*s", at + 1, (int)(at - name), name) : g_strdup(name);
}

/* The text of a path; *unknown when nothing but a type, or not even that, is known. */
static char *path_text(struct prog *p, const struct lock_path *path, bool *unknown, bool *pointer)
{
	const struct term *b = term(p, path->base);
	GString *s = g_string_new(NULL);
	char *g;

	*unknown = *pointer = false;
	if (b->kind == T_GLOBAL) {
		g = global_text(p, b->s);
		g_string_append(s, g);
		g_free(g);
	} else if (path->chain->len) {
		g_string_append(s, str(p, g_array_index(path->chain, struct chain_step, 0).rec));
	} else if (b->kind == T_LOAD && term(p, b->a)->kind == T_FIELD) {
		const struct term *m = term(p, b->a);

		*pointer = true;
		g_string_append_printf(s, "*%s.%s", str(p, m->rec), str(p, m->s));
	} else if (b->kind == T_LOAD && term(p, b->a)->kind == T_GLOBAL) {
		g = global_text(p, term(p, b->a)->s);
		*pointer = true;
		g_string_append_printf(s, "*%s", g);
		g_free(g);
	} else {
		*unknown = true;
		g_string_append(s, "?");
		g_string_append(s, b->type ? str(p, b->type) : "lock");
	}
	for (guint i = 0; i < path->chain->len; i++)
		g_string_append_printf(s, ".%s", str(p, g_array_index(path->chain, struct chain_step, i).member));
	return g_string_free(s, FALSE);
}

static uint32_t add_raw(struct prog *p, const char *name, const struct lock_path *path, const char *type, uint32_t subclass)
{
	struct raw_class *c = sd_arena_alloc(p->arena, sizeof(*c));
	const struct term *b = term(p, path->base);

	c->name = sd_intern(p->syms, name);
	c->lock_type = sd_intern(p->syms, type);
	c->subclass = subclass;
	c->chain = g_array_new(FALSE, FALSE, sizeof(struct chain_step));
	g_array_append_vals(c->chain, path->chain->data, path->chain->len);
	c->global = b->kind == T_GLOBAL ? b->s : 0;
	g_array_append_val(p->raw, c);
	return p->raw->len - 1;
}

uint32_t raw_class_of(struct prog *p, const struct inst *in, tid obj, const char *lock_type, uint32_t subclass)
{
	struct lock_path path = { g_array_new(FALSE, FALSE, sizeof(struct chain_step)), 0, NULL, false };
	bool unknown, pointer;
	char *text, *name;
	gpointer found;
	uint32_t id;

	split(p, in, obj, &path);
	text = path_text(p, &path, &unknown, &pointer);
	name = subclass ? g_strdup_printf("%s/%u", text, subclass) : g_strdup(text);
	if (!path.type || (lock_type && !strcmp(lock_type, "map")))
		path.type = lock_type ? lock_type : "";
	if (g_hash_table_lookup_extended(p->raw_ids, name, NULL, &found)) {
		id = GPOINTER_TO_UINT(found);
		if (!raw_at(p, id)->lock_type)
			raw_at(p, id)->lock_type = sd_intern(p->syms, path.type);
		g_free(name);
	} else {
		id = add_raw(p, name, &path, path.type, subclass);
		raw_at(p, id)->unknown = unknown;
		raw_at(p, id)->pointer = pointer;
		g_hash_table_insert(p->raw_ids, name, GUINT_TO_POINTER(id));
	}
	g_free(text);
	g_array_free(path.chain, TRUE);
	return id;
}

char *object_name(struct prog *p, const struct inst *in, tid obj)
{
	struct lock_path path = { g_array_new(FALSE, FALSE, sizeof(struct chain_step)), 0, NULL, false };
	bool unknown, pointer;
	char *text;

	split(p, in, obj, &path);
	text = path_text(p, &path, &unknown, &pointer);
	g_array_free(path.chain, TRUE);
	if (unknown) {
		g_free(text);
		return NULL;
	}
	return text;
}

/* The lock is also set up where @i gives it a class. */
static bool is_home(const struct raw_class *c, const struct one_init *i)
{
	for (guint k = 0; k < c->inits->len; k++) {
		const struct one_init *o = &g_array_index(c->inits, struct one_init, k);

		if (!o->by_map && o->file == i->file)
			return true;
	}
	return false;
}

/*
 * Which of two init sites names the class.  lockdep_set_class() and static initialisers write the map itself: they
 * have the last word; before all others those of the file that sets the lock up (the user of a common record that
 * gives a few of its objects a key of his own does not).  The rest is the order in the source.
 */
static int by_word(struct prog *p, const struct raw_class *c, const struct one_init *a, const struct one_init *b)
{
	int d = (int)b->by_map - (int)a->by_map;

	if (!d && a->by_map)
		d = (int)is_home(c, b) - (int)is_home(c, a);
	if (!d)
		d = strcmp(str(p, a->file), str(p, b->file));
	return d ? d : a->line - b->line;
}

static void add_init(struct raw_class *c, const struct one_init *n)
{
	if (!c->inits)
		c->inits = g_array_new(FALSE, FALSE, sizeof(*n));
	for (guint i = 0; i < c->inits->len; i++) {
		struct one_init *o = &g_array_index(c->inits, struct one_init, i);

		if (o->file != n->file || o->by_map != n->by_map)
			continue;
		if (n->line < o->line)
			*o = *n;
		return;
	}
	g_array_append_vals(c->inits, n, 1);
}

void note_init(struct prog *p, const struct inst *in, tid obj, const char *type, tid name, const struct init_site *site)
{
	struct raw_class *c = raw_at(p, raw_class_of(p, in, obj, type, 0));
	const struct term *n = term(p, name);
	/* what has no name of its own keeps the one it has */
	struct one_init init = { site->file, n->kind == T_STR && *str(p, n->s) ? n->s : 0, site->line,
				 term(p, obj)->kind == T_FIELD &&
				 field_type(p, term(p, obj)->rec, term(p, obj)->s) == sd_intern(p->syms, "lockdep_map") };
	const struct one_init *best = &init, *named = NULL;

	add_names(p, c, name, site);
	add_init(c, &init);
	for (guint i = 0; i < c->inits->len; i++) {
		const struct one_init *o = &g_array_index(c->inits, struct one_init, i);

		if (by_word(p, c, o, best) < 0)
			best = o;
		if (o->name && (!named || by_word(p, c, o, named) < 0))
			named = o;
	}
	c->has_init = true;
	c->init_file = best->file;
	c->init_line = best->line;
	if (named)
		c->lockdep_name = named->name;
}

static void add_key(struct raw_class *c, sd_sym key)
{
	if (!c->keys)
		c->keys = g_array_new(FALSE, FALSE, sizeof(sd_sym));
	for (guint i = 0; i < c->keys->len; i++)
		if (g_array_index(c->keys, sd_sym, i) == key)
			return;
	g_array_append_val(c->keys, key);
}

/* The variable, or the member of one, that @key is the address of; 0 none. */
static sd_sym key_name(struct prog *p, const struct inst *in, tid key)
{
	struct lock_path path = { g_array_new(FALSE, FALSE, sizeof(struct chain_step)), 0, NULL, false };
	bool unknown, pointer;
	char *text;
	sd_sym s = 0;

	split(p, in, key, &path);
	if (term(p, path.base)->kind == T_GLOBAL && !path.array) {
		text = path_text(p, &path, &unknown, &pointer);
		s = sd_intern(p->syms, text);
		g_free(text);
	}
	g_array_free(path.chain, TRUE);
	return s;
}

/* The class key that a lock is initialised with; some say that lockdep is not to check it. */
/* The record in whose bytes an address is: no pointer followed, no element chosen. */
static tid record_around(const struct prog *p, tid t)
{
	while (term(p, t)->kind == T_FIELD)
		t = term(p, t)->a;
	return term(p, t)->kind == T_INDEX ? 0 : t;
}

void note_key(struct prog *p, const struct inst *in, tid obj, tid key, enum key_source source)
{
	const struct term *k = term(p, key);
	struct sd_rule *const *r = k->kind == T_GLOBAL ? sd_rules_for(p->in->rules, str(p, plain_name(p, k->s))) : NULL;
	sd_sym name = key_name(p, in, key);
	struct raw_class *c;
	bool own;

	if (!name && source == KEY_OWN)
		return;
	c = raw_at(p, raw_class_of(p, in, obj, NULL, 0));
	if (name)
		add_key(c, name);
	own = !name && source == KEY_OF_OBJECT && record_around(p, key) && record_around(p, key) == record_around(p, obj);
	c->own_keys |= own;
	c->many_keys |= name ? source != KEY_OWN && c->keys->len > 1 : !own;
	for (; r && *r; r++)
		if ((*r)->word == SD_R_CLASS && (*r)->class_unchecked)
			c->unchecked = true;
}

/* --- uniting --- */

static char *suffix_name(struct prog *p, const struct raw_class *c, guint from)
{
	GString *s = g_string_new(str(p, g_array_index(c->chain, struct chain_step, from).rec));

	for (guint i = from; i < c->chain->len; i++)
		g_string_append_printf(s, ".%s", str(p, g_array_index(c->chain, struct chain_step, i).member));
	if (c->subclass)
		g_string_append(s, strrchr(str(p, c->name), '/'));
	return g_string_free(s, FALSE);
}

static uint32_t by_name(struct prog *p, const char *name)
{
	gpointer found;

	return g_hash_table_lookup_extended(p->raw_ids, name, NULL, &found) ? GPOINTER_TO_UINT(found) + 1 : 0;
}

/* The class without its subclass: it has the init site. */
static struct raw_class *base_class(struct prog *p, struct raw_class *c)
{
	char *name;
	uint32_t id;

	if (!c->subclass)
		return c;
	name = g_strndup(str(p, c->name), (gsize)(strrchr(str(p, c->name), '/') - str(p, c->name)));
	id = by_name(p, name);
	g_free(name);
	return id ? raw_at(p, id - 1) : c;
}

/* A path without an init site of its own is its longest suffix that has one. */
static uint32_t shorter_with_init(struct prog *p, uint32_t id)
{
	struct raw_class *c = raw_at(p, id);

	for (guint i = 1; i < c->chain->len && !c->global; i++) {
		char *name = suffix_name(p, c, i);
		uint32_t s = by_name(p, name);

		g_free(name);
		if (s && base_class(p, raw_at(p, s - 1))->has_init)
			return s - 1;
	}
	return id;
}

#define MAX_CANDIDATES 8

/* For every short path: how many longer paths with an init site end in it, and one of them.  It may have any of their names. */
static void count_longer(struct prog *p, uint32_t *count, uint32_t *one)
{
	for (uint32_t id = 0; id < p->raw->len; id++) {
		struct raw_class *c = raw_at(p, id);

		if (!base_class(p, c)->has_init)
			continue;
		for (guint i = c->global ? 0 : 1; i < c->chain->len; i++) {     /* a variable is a container, too */
			char *name = suffix_name(p, c, i);
			uint32_t s = by_name(p, name);

			g_free(name);
			if (s) {
				count[s - 1]++;
				one[s - 1] = id;
				if (!base_class(p, raw_at(p, s - 1))->has_init)
					add_names_of(p, raw_at(p, s - 1), base_class(p, c));
			}
		}
	}
}

/* The first suffix of a lock's path that is taken by itself and that nothing initialises; maps are too many kinds of work. */
static uint32_t shorter_without_init(struct prog *p, uint32_t id)
{
	struct raw_class *c = raw_at(p, id);

	if (c->global || c->by_type || !c->used || (!spinning_type(str(p, c->lock_type)) && !sleeping_type(str(p, c->lock_type))))
		return id;
	for (guint i = 1; i < c->chain->len; i++) {
		char *name = suffix_name(p, c, i);
		uint32_t s = by_name(p, name);

		g_free(name);
		if (s && raw_at(p, s - 1)->used)
			return s - 1;
	}
	return id;
}

/*
 * Neither a record's lock nor the path to it by the only container that is seen is initialised in what was scanned: who does, with the
 * record, is elsewhere, and the two are one.  Of several containers each may have a lock of its own.
 */
static void unite_outer(struct prog *p, uint32_t *rep)
{
	uint32_t n = p->raw->len, *to = g_new(uint32_t, n + 1);
	unsigned *containers = g_new0(unsigned, n + 1);

	for (uint32_t id = 0; id < n; id++) {
		to[id] = rep[id] == id && !base_class(p, raw_at(p, id))->has_init ? shorter_without_init(p, id) : id;
		if (to[id] != id)
			containers[to[id]]++;
	}
	for (uint32_t id = 0; id < n; id++)
		if (to[id] != id && containers[to[id]] == 1 && rep[to[id]] == to[id])
			rep[to[id]] = id;       /* the path says more */
	g_free(containers);
	g_free(to);
}

/*
 * A record's lock that a pointer leads to may be a variable's (the first task's file system state): with few such
 * variables the path has their names, too.
 */
static void add_variables(struct prog *p)
{
	uint32_t *count = g_new0(uint32_t, p->raw->len + 1);

	for (unsigned pass = 0; pass < 2; pass++)
		for (uint32_t id = 0; id < p->raw->len; id++) {
			const struct raw_class *c = raw_at(p, id);
			char *name = c->global && c->chain->len && c->has_init && !c->subclass ? suffix_name(p, c, 0) : NULL;
			uint32_t s = name ? by_name(p, name) : 0;

			g_free(name);
			if (!s || !raw_at(p, s - 1)->has_init)
				continue;
			if (!pass)
				count[s - 1]++;
			else if (count[s - 1] <= MAX_CANDIDATES)
				add_names_of(p, raw_at(p, s - 1), c);
		}
	g_free(count);
}

static uint32_t rep_of(const uint32_t *rep, uint32_t id)
{
	while (rep[id] != id)
		id = rep[id];
	return id;
}

/*
 * Locks of variables that one call initialises have one key, so they are one class (lockdep.c, look_up_lock_class()).
 * For locks in records the container says more: a helper's one call would make one class of the locks of all its users.
 */
static void unite_by_key(struct prog *p, uint32_t *rep)
{
	GHashTable *first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (uint32_t id = 0; id < p->raw->len; id++) {
		const struct raw_class *c = raw_at(p, id), *b = base_class(p, raw_at(p, id));

		for (guint i = 0; c->global && b->keys && i < b->keys->len; i++) {
			char *key = g_strdup_printf("%u/%u/%u", g_array_index(b->keys, sd_sym, i), c->lock_type, c->subclass);
			gpointer other;

			if (!g_hash_table_lookup_extended(first, key, NULL, &other)) {
				g_hash_table_insert(first, key, GUINT_TO_POINTER(id));
				continue;
			}
			g_free(key);
			uint32_t x = rep_of(rep, id), y = rep_of(rep, GPOINTER_TO_UINT(other));

			rep[MAX(x, y)] = MIN(x, y);
		}
	}
	g_hash_table_destroy(first);
}

static gint by_class_name(gconstpointer a, gconstpointer b, gpointer arg)
{
	const struct class *x = a, *y = b;
	struct prog *p = arg;

	return strcmp(str(p, raw_at(p, x->raw)->name), str(p, raw_at(p, y->raw)->name));
}

/* A path that only a release names is no class: nothing takes it. */
static void collect_classes(struct prog *p, const uint32_t *rep)
{
	bool *used = g_new0(bool, p->raw->len + 1);

	for (uint32_t id = 0; id < p->raw->len; id++) {
		raw_at(p, id)->final = UINT32_MAX;
		used[rep[id]] |= raw_at(p, id)->used || raw_at(p, id)->has_init;
	}
	for (uint32_t id = 0; id < p->raw->len; id++)
		if (rep[id] == id && used[id]) {
			struct class c = { .raw = id };

			g_array_append_val(p->classes, c);
		}
	g_array_sort_with_data(p->classes, by_class_name, p);
	for (uint32_t i = 0; i < p->classes->len; i++)
		raw_at(p, g_array_index(p->classes, struct class, i).raw)->final = i;
	for (uint32_t id = 0; id < p->raw->len; id++)
		raw_at(p, id)->final = raw_at(p, rep[id])->final;
	g_free(used);
}

/* A path that ends in a member of a lock record's map, or a lock in a map: the class carries one name. */
static void inherit_names(struct prog *p)
{
	for (uint32_t id = 0; id < p->raw->len; id++) {
		struct raw_class *c = raw_at(p, id), *b = base_class(p, c);
		struct gvar *g = c->global ? g_hash_table_lookup(p->gvars, GUINT_TO_POINTER(c->global)) : NULL;

		if (b != c && b->has_init) {
			add_names_of(p, c, b);
			c->lockdep_name = b->lockdep_name;
			c->init_file = b->init_file, c->init_line = b->init_line, c->has_init = true;
		}
		if (g && !c->has_init) {
			c->init_file = g->file;
			c->init_line = g->line;
		}
		if (c->global && !c->lockdep_name && !c->chain->len)
			c->lockdep_name = plain_name(p, c->global);
	}
}

/* Known by its type alone: whichever lock it is, lockdep has that name for it, or one of a few. */
static void name_by_type(struct raw_class *c)
{
	if (!c->by_type || !c->names)
		return;
	if (c->names->len == 1)
		c->lockdep_name = g_array_index(c->names, struct other_name, 0).name;
	else if (c->names->len > MAX_CANDIDATES)
		g_array_set_size(c->names, 0);
}

/* A level of a lock whose path is united with another has that one's names. */
static void name_levels(struct prog *p, const uint32_t *rep)
{
	for (uint32_t id = 0; id < p->raw->len; id++) {
		struct raw_class *c = raw_at(p, id), *b = base_class(p, c);
		uint32_t base = c->subclass && !c->has_init && rep[id] == id ? by_name(p, str(p, b->name)) : 0;
		const struct raw_class *to = base ? raw_at(p, rep[base - 1]) : NULL;

		if (!to || b == c || !to->has_init)
			continue;
		add_names_of(p, c, to);
		c->lockdep_name = to->lockdep_name;
		c->init_file = to->init_file, c->init_line = to->init_line;
	}
}

void resolve_classes(struct prog *p)
{
	uint32_t n = p->raw->len;
	uint32_t *count = g_new0(uint32_t, n + 1), *one = g_new0(uint32_t, n + 1), *rep = g_new0(uint32_t, n + 1);

	for (uint32_t id = 0; id < n; id++)
		raw_at(p, id)->has_init |= raw_at(p, id)->outer;
	add_variables(p);
	inherit_names(p);
	count_longer(p, count, one);
	for (uint32_t id = 0; id < n; id++) {
		rep[id] = id;
		if (base_class(p, raw_at(p, id))->has_init)
			continue;
		rep[id] = shorter_with_init(p, id);
		if (rep[id] == id && count[id] == 1)
			rep[id] = one[id];
		raw_at(p, id)->by_type = rep[id] == id && count[id] > 1;
		name_by_type(raw_at(p, id));
	}
	unite_outer(p, rep);
	for (uint32_t id = 0; id < n; id++)
		for (unsigned k = 0; k < 4 && rep[rep[id]] != rep[id]; k++)
			rep[id] = rep[rep[id]];
	name_levels(p, rep);
	unite_by_key(p, rep);
	for (uint32_t id = 0; id < n; id++) {
		rep[id] = rep_of(rep, id);
		if (rep[id] == id)
			continue;
		add_names_of(p, raw_at(p, rep[id]), raw_at(p, id));
		raw_at(p, rep[id])->any_level |= raw_at(p, id)->any_level;
	}
	collect_classes(p, rep);
	for (uint32_t i = 0; i < p->classes->len; i++)
		class_at(p, i)->varies = has_variant(p, class_at(p, i)->raw);
	g_free(count);
	g_free(one);
	g_free(rep);
}

uint32_t final_of(const struct prog *p, uint32_t raw)
{
	return raw == ALL_SPINNING ? p->classes->len : raw_at(p, raw)->final;
}

struct class *class_at(const struct prog *p, uint32_t i)
{
	return &g_array_index(p->classes, struct class, i);
}

bool skip_class(const struct prog *p, uint32_t raw)
{
	const struct raw_class *c = raw_at(p, raw);
	const char *type = str(p, c->lock_type);

	/* counting semaphores have no owner and no map: lockdep does not track them */
	return c->unknown || c->unchecked || raw_at(p, class_at(p, c->final)->raw)->unchecked || !strcmp(type, "semaphore");
}

bool levels_of_one_lock(struct prog *p, uint32_t a, uint32_t b)
{
	struct raw_class *x = raw_at(p, class_at(p, a)->raw), *y = raw_at(p, class_at(p, b)->raw);

	return base_class(p, x) == base_class(p, y);
}

bool sleeping_type(const char *type)
{
	static const char *const sleep[] = { "mutex", "rwsem", "percpu_rwsem", "rt_mutex", "ww_mutex" };

	for (size_t i = 0; i < G_N_ELEMENTS(sleep); i++)
		if (!strcmp(type, sleep[i]))
			return true;
	return false;
}

bool spinning_type(const char *type)
{
	return !strcmp(type, "spinlock") || !strcmp(type, "raw_spinlock") || !strcmp(type, "rwlock");
}

bool holds_sleeping(const struct prog *p, const struct inst *in, uint32_t held0, uint32_t nheld)
{
	for (uint32_t i = 0; i < nheld; i++)
		if (raw_at(p, g_array_index(in->heldv, struct held, held0 + i).l.cls)->sleeping)
			return true;
	return false;
}
