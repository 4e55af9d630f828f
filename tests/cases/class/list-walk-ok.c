/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list_for_each_entry() with the unlock at the end of each turn: no recursion. */
#include <linux/init.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct node {
	struct list_head list;
	spinlock_t lock;
};
static LIST_HEAD(nodes);
static struct node *one;

SYSCALL_DEFINE0(walk)
{
	struct node *n;

	list_for_each_entry(n, &nodes, list) {
		spin_lock(&n->lock);
		spin_unlock(&n->lock);
	}
	return 0;
}

static int __init setup(void)
{
	one = kzalloc(sizeof(*one), GFP_KERNEL);
	if (!one)
		return -ENOMEM;
	spin_lock_init(&one->lock);
	return 0;
}
module_init(setup);
