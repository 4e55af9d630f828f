/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One key each: one name each. */
#include <linux/init.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct node {
	spinlock_t lock, family;
};
static struct node *node;

SYSCALL_DEFINE0(plain)
{
	spin_lock(&node->lock);
	spin_lock(&node->family);
	spin_unlock(&node->family);
	spin_unlock(&node->lock);
	return 0;
}

static void make(void)
{
	node = kzalloc(sizeof(*node), GFP_KERNEL);
	if (!node)
		return;
	spin_lock_init(&node->lock);
	spin_lock_init(&node->family);
}

SYSCALL_DEFINE0(make)
{
	make();
	return 0;
}
