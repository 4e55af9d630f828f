/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/lockdep.h>
#include <linux/slab.h>
#include "home-key.h"

struct node *node_make(struct kind *kind)
{
	struct node *n = kzalloc(sizeof(*n), GFP_KERNEL);

	if (!n)
		return NULL;
	n->kind = kind;
	mutex_init(&n->lock);
	lockdep_set_class(&n->lock, &kind->lock_key);
	return n;
}
