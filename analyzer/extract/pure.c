/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pure.c - functions of this TU that plainly store nothing: no assignment, no asm, and calls
 * only to such functions.  A variable whose address such a function gets keeps its value; the
 * tests of conditional guards are of this kind.
 */
#include "low.h"

#define MAX_DEPTH 4

enum { PURE_UNKNOWN, PURE_YES, PURE_NO };

struct look { struct tu *tu; int depth; bool stores; };

static bool is_store(CXCursor c)
{
	enum CXUnaryOperatorKind u;

	switch (clang_getCursorKind(c)) {
	case CXCursor_CompoundAssignOperator:
	case CXCursor_GCCAsmStmt:
		return true;
	case CXCursor_BinaryOperator:
		return clang_getCursorBinaryOperatorKind(c) == CXBinaryOperator_Assign;
	case CXCursor_UnaryOperator:
		u = clang_getCursorUnaryOperatorKind(c);
		return u >= CXUnaryOperator_PostInc && u <= CXUnaryOperator_PreDec;
	default:
		return false;
	}
}

static enum CXChildVisitResult look(CXCursor c, CXCursor parent, CXClientData data)
{
	struct look *k = data;

	(void)parent;
	k->stores = is_store(c);
	if (clang_getCursorKind(c) == CXCursor_CallExpr) {
		CXCursor f = clang_getCursorReferenced(c);

		k->stores = clang_getCursorKind(f) != CXCursor_FunctionDecl || !sd_is_pure(k->tu, sd_di(k->tu, f), k->depth + 1);
	}
	return k->stores ? CXChildVisit_Break : CXChildVisit_Recurse;
}

bool sd_is_pure(struct tu *tu, struct di *d, int depth)
{
	struct look k = { .tu = tu, .depth = depth };
	CXCursor def;

	if (d->pure == PURE_UNKNOWN && depth < MAX_DEPTH) {
		def = clang_getCursorDefinition(d->cur);
		k.stores = clang_Cursor_isNull(def) || !clang_Cursor_isFunctionInlined(def);
		if (!k.stores)
			clang_visitChildren(def, look, &k);
		d->pure = k.stores ? PURE_NO : PURE_YES;
	}
	return d->pure == PURE_YES;
}
