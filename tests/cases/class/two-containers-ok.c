/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One inner struct in two containers: two classes, told apart by the longest known path. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct inner {
	spinlock_t lock;
};
struct first {
	struct inner in;
};
struct second {
	int x;
	struct inner in;
};
static struct first *p;
static struct second *q;

static void use(struct inner *i)
{
	spin_lock(&i->lock);
	spin_unlock(&i->lock);
}

SYSCALL_DEFINE0(one)
{
	spin_lock(&p->in.lock);
	use(&q->in);
	spin_unlock(&p->in.lock);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	use(&p->in);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&p->in.lock);
	spin_lock_init(&q->in.lock);
	return 0;
}
module_init(setup);
