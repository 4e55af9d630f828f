/* SPDX-License-Identifier: GPL-2.0-or-later */
/* row.c - the tokens of one line as a row: [override] WORD NAME key=value... */
#include <string.h>
#include "rules_int.h"

struct where { const char *path; int line; struct rule_errors *errors; };

/* One key=value.  False after an error. */
static bool parse_pair(struct row *row, const char *token, const struct where *at)
{
	const char *eq = strchr(token, '='), *word = word_info(row->rule->word)->text, *why;
	char *text = eq ? g_strndup(token, (gsize)(eq - token)) : g_strdup(token);
	int k = find_key(text);
	int before = at->errors->count;

	if (k < 0 || !(key_info((enum rule_key)k)->words & (1u << row->rule->word))) {
		char *hint = suggest_key(text, row->rule->word);
		rule_error(at->errors, at->path, at->line, "%s '%s' %s '%s'; %s", k < 0 ? "unknown key" : "key", text,
			   k < 0 ? "after" : "does not go with", word, hint);
		g_free(hint);
	} else if (row->keys & (1u << k)) {
		rule_error(at->errors, at->path, at->line, "key '%s' twice; once is enough", text);
	} else if (key_info((enum rule_key)k)->bare != !eq) {
		rule_error(at->errors, at->path, at->line, eq ? "key '%s' takes no value; write it alone" :
			   "key '%s' without a value; %s=...", text, text);
	} else if ((why = parse_value(row, (enum rule_key)k, eq ? eq + 1 : ""))) {
		rule_error(at->errors, at->path, at->line, "%s: %s", text, why);
	} else {
		row->keys |= 1u << k;
	}
	g_free(text);
	return at->errors->count == before;
}

/* What a row must say that no single key can know. */
static const char *missing(const struct row *row)
{
	const struct sd_rule *r = row->rule;
	uint32_t keys = row->keys;
	bool entry = r->word == SD_R_ENTRY;

#define K(id) (1u << KEY_##id)
	if (keys & K(none))
		return !r->is_override ? "none: only after override; it takes rows away" :
		       keys != K(none) ? "none: no other key goes with it" : NULL;
	if ((word_info(r->word)->need & K(lock)) && !(keys & K(lock)))
		return "missing lock=; like lock=$1 or lock=$1->member";
	if (r->word == SD_R_TEST && r->test == SD_TEST_HELD && !(keys & K(lock)))
		return "missing lock=; is=held needs the lock asked for";
	if (r->word == SD_R_ASSERT && (keys & K(held)) && !(keys & K(lock)))
		return "missing lock=; held needs the lock";
	if (entry && !r->member && !(keys & (K(call) | K(self))))
		return "missing call= or self; call=$2 is what the function registers, self the function itself";
	if (entry && (keys & K(lock)) && (!(keys & K(self)) || !r->lock.global || r->lock.nmember))
		return "lock=; of an entry only with self, and a variable: the map that is held while it runs, like lock=&foo_map";
	if (r->word == SD_R_UNDER && !r->member && !(keys & (K(call) | K(object))))
		return "missing call= or object=; call=$2 is what the function registers, object=$2 whose callback it is";
	if (r->word == SD_R_UNDER && r->member && (keys & (K(call) | K(object))))
		return "call=, object=; of a function only";
	if (r->lock.self && (r->word != SD_R_UNDER || !r->member))
		return "lock=self means the record around a member; only for under RECORD::MEMBER";
	if (entry && (keys & K(call)) && (r->member || (keys & K(self))))
		return "call= with self; one of them";
	if (entry && !r->member && (r->call_arg == SD_ARG_SELF || (r->has_object && r->object.kind == SD_O_NONE)))
		return "arg=self and object=self mean the record around a member; only for RECORD::MEMBER";
	if ((r->word == SD_R_OBJECT || r->word == SD_R_WRITES || (r->word == SD_R_UNDER && (keys & K(object)))) && r->object.kind == SD_O_NONE)
		return "object=self; the argument that is the object, like object=$1";
#undef K
	return NULL;
}

static const char *needed_keys(enum sd_rule_word w, char *buf, size_t size)
{
	uint32_t need = word_info(w)->need;

	*buf = '\0';
	for (int k = 0; k < KEYS; k++) {
		if (!(need & (1u << k)))
			continue;
		if (*buf)
			g_strlcat(buf, " or ", size);
		g_strlcat(buf, key_info((enum rule_key)k)->text, size);
		if (!key_info((enum rule_key)k)->bare)
			g_strlcat(buf, "=", size);
	}
	return buf;
}

static bool complete(const struct row *row, const struct where *at)
{
	const char *why = missing(row);
	uint32_t need = word_info(row->rule->word)->need;
	char buf[128];

	if (!why && need && !(row->keys & need) && !row->rule->is_none)
		why = needed_keys(row->rule->word, buf, sizeof(buf));
	else if (!why)
		return true;
	rule_error(at->errors, at->path, at->line, "%s '%s': %s%s", word_info(row->rule->word)->text,
		   row->rule->name, why == buf ? "missing " : "", why);
	return false;
}

/* A trylock that does not say otherwise is taken when it returns true. */
static void set_defaults(const struct row *row)
{
	struct sd_rule *r = row->rule;

	if (r->word == SD_R_TRY && !(row->keys & (1u << KEY_held_if))) {
		r->held_if.cmp = SD_CMP_NE;
		r->held_if.opnd.kind = SD_O_RET;
	}
}

static bool parse_word(struct row *row, char *const *token, guint ntoken, const struct where *at)
{
	struct sd_rule *r = row->rule;
	const char *text = token[0], *why;
	int w = find_word(text);

	if (w < 0) {
		char *hint = suggest_word(text);
		rule_error(at->errors, at->path, at->line, "unknown word '%s'; %s", text, hint);
		g_free(hint);
		return false;
	}
	r->word = (enum sd_rule_word)w;
	if (ntoken < 2) {
		rule_error(at->errors, at->path, at->line, "'%s' without a name; %s NAME key=value...", text, text);
		return false;
	}
	why = parse_name(row, token[1], word_info(r->word)->names);
	if (why)
		rule_error(at->errors, at->path, at->line, "%s: %s", text, why);
	return !why;
}

struct sd_rule *parse_row(const struct rule_line *l, const char *path, struct sd_arena *arena, struct rule_errors *e)
{
	struct sd_rule *r = sd_arena_alloc(arena, sizeof(*r));
	struct row row = { .rule = r, .arena = arena };
	struct where at = { path, l->line, e };
	char *const *token = (char *const *)l->tokens->pdata;
	guint n = l->tokens->len;
	bool good = true;

	r->line = l->line;
	r->call_arg = SD_ARG_UNKNOWN;
	r->comment = l->comment ? sd_arena_strdup(arena, l->comment) : NULL;
	if (!strcmp(token[0], "override")) {
		r->is_override = true;
		token++;
		if (!--n) {
			rule_error(e, path, l->line, "'override' alone; override WORD NAME key=value...");
			return NULL;
		}
	}
	if (!parse_word(&row, token, n, &at))
		return NULL;
	for (guint i = 2; i < n; i++)
		good &= parse_pair(&row, token[i], &at);
	if (!good || !complete(&row, &at))
		return NULL;
	set_defaults(&row);
	return r;
}
