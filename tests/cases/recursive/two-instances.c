/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two objects of one class without a subclass: an order may be kept by other means, so the finding is of low rank only. */
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct node {
	spinlock_t lock;
};
static struct node *first, *second;

static struct node *make(void)
{
	struct node *n = kzalloc(sizeof(*n), GFP_KERNEL);

	if (n)
		spin_lock_init(&n->lock);
	return n;
}

SYSCALL_DEFINE0(both)
{
	spin_lock(&first->lock);
	spin_lock(&second->lock);
	spin_unlock(&second->lock);
	spin_unlock(&first->lock);
	return 0;
}

static int __init setup(void)
{
	first = make();
	second = make();
	return 0;
}
module_init(setup);
