/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An array of locks on the heap: initialised through the pointer that was just stored, taken through the member. */
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct table {
	int size;
	spinlock_t *locks;
};
static struct table *table;
static DEFINE_SPINLOCK(inner);

SYSCALL_DEFINE1(plain, int, i)
{
	spin_lock(&table->locks[i]);
	spin_lock(&inner);
	spin_unlock(&inner);
	spin_unlock(&table->locks[i]);
	return 0;
}

static int __init setup(void)
{
	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	table->locks = kzalloc(4 * sizeof(spinlock_t), GFP_KERNEL);
	if (!table->locks)
		return -ENOMEM;
	for (int i = 0; i < 4; i++)
		spin_lock_init(&table->locks[i]);
	return 0;
}
module_init(setup);
