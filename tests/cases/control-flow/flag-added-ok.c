/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flag that is added on one way takes none away: who may sleep still may, and the other branch is not for him. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#define MAY_SLEEP 0x400u
#define ACCOUNTED 0x10u

static DEFINE_SPINLOCK(s);
static DEFINE_MUTEX(m);

extern int accounts(void);

static void get_memory(unsigned int flags)
{
	if (flags & MAY_SLEEP) {
		mutex_lock(&m);
		mutex_unlock(&m);
	}
}

static bool blocks(unsigned int flags)
{
	return !!(flags & MAY_SLEEP);
}

static void refill(unsigned int flags)
{
	if (accounts())
		flags |= ACCOUNTED;
	if (blocks(flags)) {
		spin_unlock(&s);
		get_memory(flags);
		spin_lock(&s);
	} else {
		get_memory(flags);
	}
}

static int __init setup(void)
{
	spin_lock(&s);
	refill(MAY_SLEEP | 0x20);
	refill(0x20);
	spin_unlock(&s);
	return 0;
}
module_init(setup);
